import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { LabError } from '../core/errors.ts';
import { type ExecResult, identify, isAlive, must, signal } from '../core/process.ts';
import { quote } from '../core/shell.ts';
import { waitFor } from '../core/wait.ts';
import { ROUTER_NAMESPACE } from '../network/topology.ts';
import { bootIdentity, execInHost, powerOn, waitUntilUp } from './boot.ts';
import type { HostSpec } from './spec.ts';
import { diskDir, forgetHost, loadHost, processesOf, supervisorOf } from './store.ts';

const SHUTDOWN_DEADLINE_MS = 60_000;

/** A host of the lab. All state is in the run folder: any process of the lab may hold such an object. */
export interface LabHost {
  readonly alias: string;
  readonly hostname: string;
  readonly publicIPv4: string;
  readonly publicIPv6: string;
  readonly privateIPv4?: string;
  /** Runs a bash command as root, without ssh and under any firewall; returns whatever the exit code. */
  exec(command: string, options?: { input?: string; timeoutMs?: number }): Promise<ExecResult>;
  /** As `exec`, but a non-zero exit is a LabError; returns standard output. */
  must(command: string, options?: { input?: string; timeoutMs?: number }): Promise<string>;
  /** Writes a file as root, its folders too. `mode` as in 0o600. */
  writeFile(path: string, content: string, mode: number): Promise<void>;
  isOn(): boolean;
  /** Switches on and waits until the units run. */
  boot(): Promise<void>;
  /** Pulls the plug: every process ends at once, nothing is flushed by the host. */
  powerOff(): Promise<void>;
  /** Asks the host to halt; after a minute without success the plug is pulled, and that is an error. */
  shutdown(): Promise<void>;
  /** Orderly reboot from inside; returns when the host is up again. */
  reboot(): Promise<void>;
  /** Pulls a network cable out of the host, or puts it back; a reboot puts it back too. */
  cable(card: 'public' | 'private', state: 'in' | 'out'): Promise<void>;
  /** Power off and delete disk and record. */
  destroy(): Promise<void>;
}

/** Pulls the plug. Killing the host's init ends every process in it; killing nspawn would leave them running. */
async function pullThePlug(alias: string): Promise<void> {
  await waitFor(
    `host ${alias} to lose power`,
    () => {
      if (supervisorOf(alias) === undefined) return true;
      const init = processesOf(alias)?.init;
      const identity = init === undefined ? undefined : identify(init);
      if (identity !== undefined) signal(identity, 'SIGKILL');
      return false;
    },
    { timeoutMs: 20_000, intervalMs: 50 },
  );
}

async function shutdown(alias: string): Promise<void> {
  const supervisor = supervisorOf(alias);
  if (supervisor === undefined) return;
  // In the background: the host may be gone before the command has answered.
  await execInHost(alias, 'systemctl poweroff --no-block', { timeoutMs: 10_000 });
  try {
    await waitFor(`host ${alias} to shut down`, () => !isAlive(supervisor), {
      timeoutMs: SHUTDOWN_DEADLINE_MS,
    });
  } catch (error) {
    await pullThePlug(alias);
    throw error;
  }
}

async function mustInHost(alias: string, command: string, options?: { input?: string; timeoutMs?: number }) {
  const result = await execInHost(alias, command, options);
  if (result.exitCode !== 0) {
    const said = (result.stderr.trim() || result.stdout.trim()).slice(-1500);
    throw new LabError(
      `${alias}: ${command.slice(0, 200)}`,
      `exit code ${result.exitCode}: ${said}`,
      `npm run lab -- ssh ${alias}`,
    );
  }
  return result.stdout;
}

/** A host that exists, by its name in the lab. @throws LabError when there is none */
export function openHost(alias: string): LabHost {
  const { spec } = loadHost(alias);
  return hostObject(spec);
}

export function hostObject(spec: HostSpec): LabHost {
  const { alias } = spec;
  return {
    alias,
    hostname: spec.hostname,
    publicIPv4: spec.publicIPv4,
    publicIPv6: spec.publicIPv6,
    ...(spec.privateIPv4 === undefined ? {} : { privateIPv4: spec.privateIPv4 }),
    exec: (command, options) => execInHost(alias, command, options),
    must: (command, options) => mustInHost(alias, command, options),
    writeFile: async (path, content, mode) => {
      const [target, fresh] = [quote(path), quote(`${path}.lab-new`)];
      const octal = mode.toString(8).padStart(4, '0');
      // Made with its final mode before it has content: a secret is never readable for a moment, nor half there.
      const steps = [
        `mkdir -p ${quote(dirname(path))}`,
        `install -m ${octal} /dev/null ${fresh}`,
        `cat > ${fresh}`,
        `mv -f ${fresh} ${target}`,
      ];
      await mustInHost(alias, steps.join(' && '), { input: content });
    },
    isOn: () => supervisorOf(alias) !== undefined,
    boot: async () => {
      powerOn(alias);
      await waitUntilUp(alias);
    },
    powerOff: () => pullThePlug(alias),
    shutdown: () => shutdown(alias),
    reboot: async () => {
      const before = bootIdentity(alias);
      await execInHost(alias, 'systemctl reboot --no-block', { timeoutMs: 10_000 });
      await waitUntilUp(alias, before);
    },
    cable: async (card, state) => {
      const port = `${card === 'public' ? 'h' : 'p'}-${alias}`;
      await must(['ip', '-n', ROUTER_NAMESPACE, 'link', 'set', port, state === 'in' ? 'up' : 'down']);
    },
    destroy: async () => {
      await pullThePlug(alias);
      rmSync(diskDir(alias), { recursive: true, force: true });
      forgetHost(alias);
    },
  };
}
