import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './core/errors.ts';
import { raiseKernelLimits, recordKernelSettings } from './core/kernel-settings.ts';
import { labIsUp, labOwner, recordOwner, takeLock } from './core/lock.ts';
import { runDir } from './core/paths.ts';
import type { ExecResult } from './core/process.ts';
import { quote } from './core/shell.ts';
import { sweep } from './core/sweep.ts';
import { createHost as create } from './hosts/create.ts';
import { type LabHost, openHost } from './hosts/host.ts';
import { type HostSpec, PRODUCTION_HOSTS } from './hosts/spec.ts';
import { hostAliases } from './hosts/store.ts';
import { createNetwork } from './network/network.ts';
import { aptRepository } from './prepare/base-image.ts';
import { requireMachine } from './prepare/requirements.ts';
import { setNames, startDns } from './services/dns.ts';
import { serveFolder } from './services/files.ts';

export { LabError } from './core/errors.ts';
export { cacheDir, runDir } from './core/paths.ts';
export type { ExecResult } from './core/process.ts';
export { waitFor } from './core/wait.ts';
export type { LabHost } from './hosts/host.ts';
export { openHost as host } from './hosts/host.ts';
export { type HostSpec, PRODUCTION_HOSTS } from './hosts/spec.ts';
export { from, fromHost, type Outcome, type Target } from './network/client.ts';
export { setNames } from './services/dns.ts';
export { serveFolder } from './services/files.ts';
export { type ServiceSpec, startService, stopService } from './services/service.ts';

/** Private key that opens every host made by `createHost` with `operatorKey()` in its authorized keys. */
export function operatorKeyFile(): string {
  return join(runDir(), 'operator_ed25519');
}

/** Public key of the lab's operator. */
export function operatorKey(): string {
  return readFileSync(`${operatorKeyFile()}.pub`, 'utf8').trim();
}

/**
 * Starts an empty lab: networks, DNS, apt repository; no hosts yet. What an earlier run left behind is removed first.
 * @param stays the lab shall outlive this process (`npm run lab -- up`)
 * @returns function that gives up the lock; the lab itself goes with `stopLab`
 * @throws LabError when another process has the lab, or one was brought up to stay
 */
export async function startLab(purpose: string, stays = false): Promise<() => void> {
  await requireMachine();
  const release = await takeLock(purpose);
  try {
    if (labIsUp()) {
      throw new LabError(
        'lab',
        `it is up already (${labOwner()?.purpose ?? 'unknown'})`,
        'npm run lab -- down',
      );
    }
    const packages = aptRepository();
    await sweep();
    mkdirSync(runDir(), { recursive: true, mode: 0o700 });
    recordKernelSettings();
    raiseKernelLimits();
    recordOwner(purpose, stays);
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-C',
      'lab-operator',
      '-f',
      operatorKeyFile(),
    ]);
    await createNetwork();
    await startDns();
    await serveFolder('apt', packages, 80);
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

/** Ends the lab and removes all of it. */
export async function stopLab(): Promise<void> {
  await sweep();
}

/**
 * Makes and boots a host. Root can be reached with the operator's key unless the specification names other keys.
 * @throws LabError when the name is taken or the host does not come up
 */
export async function createHost(spec: HostSpec): Promise<LabHost> {
  const host = await create({ authorizedKeys: [operatorKey()], ...spec });
  setNames(spec.alias, {
    [spec.publicIPv4]: [spec.hostname, `${spec.alias}.lab`],
    [spec.publicIPv6]: [spec.hostname, `${spec.alias}.lab`],
  });
  return host;
}

/** The three hosts of production, booted side by side. @throws LabError of the first that fails */
export async function createProductionHosts(userData?: string): Promise<LabHost[]> {
  return Promise.all(
    PRODUCTION_HOSTS.map((spec) => createHost({ ...spec, ...(userData === undefined ? {} : { userData }) })),
  );
}

/** All hosts of the running lab. */
export function hosts(): LabHost[] {
  return hostAliases().map(openHost);
}

/**
 * Runs kubectl on a host, by default the first that is on: no firewall is in the way.
 * @param words arguments, not interpreted by a shell
 */
export async function kubectl(
  words: readonly string[],
  options: { readonly on?: string; readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<ExecResult> {
  const on = options.on === undefined ? hosts().find((candidate) => candidate.isOn()) : openHost(options.on);
  if (on === undefined) throw new LabError('kubectl', 'no host is on', 'boot a host first');
  return on.exec(`k3s kubectl ${words.map(quote).join(' ')}`, options);
}
