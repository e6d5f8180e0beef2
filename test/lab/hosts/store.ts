import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { disksDir, runDir } from '../core/paths.ts';
import { childrenOf, isAlive, type ProcessId } from '../core/process.ts';
import type { HostSpec } from './spec.ts';

/** What the lab writes down about a host, so that any process of the lab can find it. */
interface HostRecord {
  readonly spec: HostSpec;
  /** Folder of the base image that the disk lies on. */
  readonly base: string;
}

/** Run folder of a host: its record, process ids and console log. */
export function hostDir(alias: string): string {
  return join(runDir(), 'hosts', alias);
}

/** Disk of a host. */
export function diskDir(alias: string): string {
  return join(disksDir(), alias);
}

/** Aliases of all hosts, powered on or not. */
export function hostAliases(): string[] {
  const folder = join(runDir(), 'hosts');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

export function saveHost(record: HostRecord): void {
  mkdirSync(hostDir(record.spec.alias), { recursive: true, mode: 0o700 });
  writeFileSync(join(hostDir(record.spec.alias), 'host.json'), JSON.stringify(record, null, 2));
}

/** @throws LabError when there is no such host */
export function loadHost(alias: string): HostRecord {
  const path = join(hostDir(alias), 'host.json');
  if (!existsSync(path)) {
    const known = hostAliases().join(', ') || 'none';
    throw new LabError(
      `host ${alias}`,
      `there is no such host (there are: ${known})`,
      'npm run lab -- status',
    );
  }
  return JSON.parse(readFileSync(path, 'utf8')) as HostRecord;
}

export function forgetHost(alias: string): void {
  rmSync(hostDir(alias), { recursive: true, force: true });
}

export function saveSupervisor(alias: string, supervisor: ProcessId): void {
  writeFileSync(join(hostDir(alias), 'supervisor.json'), JSON.stringify(supervisor));
}

/** The process that lives as long as the host has power; undefined when it is off. */
export function supervisorOf(alias: string): ProcessId | undefined {
  const path = join(hostDir(alias), 'supervisor.json');
  if (!existsSync(path)) return undefined;
  const recorded = JSON.parse(readFileSync(path, 'utf8')) as ProcessId;
  return isAlive(recorded) ? recorded : undefined;
}

/** Process ids of nspawn and of the host's init as seen from the lab's machine; undefined when it is off. */
export function processesOf(alias: string): { readonly nspawn: number; readonly init: number } | undefined {
  if (supervisorOf(alias) === undefined) return undefined;
  const path = join(hostDir(alias), 'nspawn.pid');
  if (!existsSync(path)) return undefined;
  const nspawn = Number(readFileSync(path, 'utf8'));
  const [init] = childrenOf(nspawn);
  return init === undefined ? undefined : { nspawn, init };
}
