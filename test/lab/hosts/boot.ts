import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { LAB } from '../core/name.ts';
import { labSources } from '../core/paths.ts';
import { type ExecResult, identify, isAlive, run } from '../core/process.ts';
import { waitFor } from '../core/wait.ts';
import { PRIVATE, PUBLIC } from '../network/topology.ts';
import { VOLUMES } from './disk.ts';
import { macOf } from './spec.ts';
import { diskDir, hostDir, loadHost, processesOf, saveSupervisor, supervisorOf } from './store.ts';

/** Longest time from power-on to a host that takes commands: 3 s on a quiet machine, over a minute on one ten times overloaded. */
const BOOT_DEADLINE_MS = 180_000;

/** Last lines of a host's console, for errors. */
export function consoleTail(alias: string, lines = 15): string {
  const path = join(hostDir(alias), 'console.log');
  if (!existsSync(path)) return '(no console output)';
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** Switches a host on without waiting for it. @throws LabError when it is on already */
export function powerOn(alias: string): void {
  const { spec, base } = loadHost(alias);
  if (supervisorOf(alias) !== undefined) {
    throw new LabError(`host ${alias}`, 'it is powered on already', 'call powerOff or shutdown first');
  }
  const console = openSync(join(hostDir(alias), 'console.log'), 'a');
  const child = spawn('sh', [join(labSources, 'hosts', 'supervise.sh')], {
    detached: true,
    stdio: ['ignore', console, console],
    env: {
      PATH: process.env.PATH,
      HONEYDUE_LAB: LAB,
      ALIAS: alias,
      SOURCES: labSources,
      STATE: hostDir(alias),
      BASE: base,
      DISK: diskDir(alias),
      PUBLIC_BRIDGE: PUBLIC.bridge,
      PRIVATE_BRIDGE: PRIVATE.bridge,
      PUBLIC_MAC: macOf('public', spec.publicIPv4),
      PRIVATE_MAC: spec.privateIPv4 === undefined ? '' : macOf('private', spec.privateIPv4),
      VOLUMES: VOLUMES.join(' '),
    },
  });
  closeSync(console);
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined)
    throw new LabError(`host ${alias}`, 'its supervisor did not start', 'see console.log');
  saveSupervisor(alias, identity);
}

/** Runs a shell command as root inside a host. @throws LabError when the host is off */
export async function execInHost(
  alias: string,
  command: string,
  options: { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<ExecResult> {
  const processes = processesOf(alias);
  if (processes === undefined) {
    throw new LabError(
      `host ${alias}`,
      'it is powered off',
      `boot it before running: ${command.slice(0, 80)}`,
    );
  }
  return run(['bash', join(labSources, 'hosts', 'enter.sh'), String(processes.init), command], options);
}

/** Identity of the present boot; another one after each reboot. */
export function bootIdentity(alias: string): string | undefined {
  const processes = processesOf(alias);
  if (processes === undefined) return undefined;
  const identity = identify(processes.init);
  // Before nspawn has moved into the host's own mount namespace, entering would be too early.
  if (readlinkSync(`/proc/${processes.init}/ns/mnt`) === readlinkSync(`/proc/${processes.nspawn}/ns/mnt`))
    return undefined;
  return identity === undefined ? undefined : `${identity.pid}-${identity.startTime}`;
}

/** A unit that failed does not keep a server from being up: "degraded" counts, once nothing is being started. */
const READY = `
test -e /run/cloud-init/result.json || { echo "cloud-init has not finished"; exit 1; }
state=$(systemctl is-system-running)
case $state in running | degraded) systemctl list-jobs | grep -q "No jobs" && exit 0 ;; esac
echo "systemd says: $state"; systemctl list-jobs | head -5; exit 1`;

/**
 * Waits until a host that was switched on has applied its user data and started its units.
 * @throws LabError when it lost power, or at the deadline with what it was doing
 */
export async function waitUntilUp(alias: string, previousBoot?: string): Promise<void> {
  const supervisor = supervisorOf(alias);
  const up = async (): Promise<boolean> => {
    if (supervisor === undefined || !isAlive(supervisor)) return true;
    const boot = bootIdentity(alias);
    if (boot === undefined || boot === previousBoot) throw new Error('init has not started');
    const answer = await execInHost(alias, READY, { timeoutMs: 30_000 });
    if (answer.exitCode !== 0) throw new Error(answer.stdout.trim() || answer.stderr.trim());
    return true;
  };
  await waitFor(`host ${alias} to boot`, up, {
    timeoutMs: BOOT_DEADLINE_MS,
    intervalMs: 250,
    next: `see ${join(hostDir(alias), 'console.log')}`,
  });
  if (supervisorOf(alias) === undefined) {
    throw new LabError(
      `host ${alias}`,
      `it ended while booting:\n${consoleTail(alias)}`,
      'test/lab/setup --check',
    );
  }
}
