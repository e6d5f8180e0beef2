import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { labSources, runDir } from '../core/paths.ts';
import { identify, isAlive, type ProcessId, signal } from '../core/process.ts';
import { waitFor } from '../core/wait.ts';
import { from, inNamespace, type Protocol } from '../network/client.ts';
import { type NamespaceName, namespaceOf } from '../network/topology.ts';

export interface ServiceSpec {
  /** Unique; names the log file. */
  readonly name: string;
  /** Where it runs (default `services`). */
  readonly namespace?: NamespaceName;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Port that shows that it is ready. */
  readonly ready: { readonly address: string; readonly port: number; readonly protocol?: Protocol };
  /** Deadline for that in milliseconds (default 30 s). */
  readonly readyTimeoutMs?: number;
}

interface ServiceRecord extends ProcessId {
  readonly name: string;
}

function folder(): string {
  return join(runDir(), 'services');
}

export function serviceLog(name: string): string {
  return join(folder(), `${name}.log`);
}

/** Control group of what runs below run-service.sh under a name. */
export function serviceGroup(name: string): string {
  return `service-${name}`;
}

/** Services that were started, with whether they still run. */
export function services(): { readonly record: ServiceRecord; readonly alive: boolean }[] {
  if (!existsSync(folder())) return [];
  return readdirSync(folder())
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder(), file), 'utf8')) as ServiceRecord)
    .map((record) => ({ record, alive: isAlive(record) }));
}

/**
 * Starts a program in one of the lab's namespaces, detached from this process, and waits until its port answers.
 * It ends with the lab; one of the same name that runs is replaced. Its output goes to a log in the run folder.
 * @throws LabError when it ends early or is not ready in time, with the end of its log
 */
export async function startService(spec: ServiceSpec): Promise<void> {
  await stopService(spec.name);
  mkdirSync(folder(), { recursive: true });
  const log = openSync(serviceLog(spec.name), 'a');
  const entered = inNamespace(namespaceOf(spec.namespace ?? 'services'), spec.argv);
  const child = spawn('sh', [join(labSources, 'services', 'run-service.sh'), spec.name, ...entered], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...spec.env },
  });
  closeSync(log);
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined)
    throw new LabError(`service ${spec.name}`, 'did not start', 'test/lab/setup --check');
  const record: ServiceRecord = { name: spec.name, ...identity };
  writeFileSync(join(folder(), `${spec.name}.json`), JSON.stringify(record));
  const { address, port, protocol } = spec.ready;
  const client = from(spec.namespace ?? 'services');
  const ready = async (): Promise<boolean> =>
    !isAlive(identity) || (await client.connect(address, port, protocol, 500)) === 'open';
  await waitFor(`service ${spec.name} on ${address}:${port}`, ready, {
    timeoutMs: spec.readyTimeoutMs ?? 30_000,
    next: `see ${serviceLog(spec.name)}`,
  });
  if (!isAlive(identity)) {
    rmSync(join(folder(), `${spec.name}.json`), { force: true });
    const tail = readFileSync(serviceLog(spec.name), 'utf8').slice(-1000);
    throw new LabError(`service ${spec.name}`, `it ended at once: ${tail}`, `see ${serviceLog(spec.name)}`);
  }
}

/** Ends one service (SIGTERM, after five seconds SIGKILL); nothing happens when it does not run. */
export async function stopService(name: string): Promise<void> {
  const found = services().find(({ record }) => record.name === name);
  if (found === undefined) return;
  signal(found.record, 'SIGTERM');
  try {
    await waitFor(`service ${name} to end`, () => !isAlive(found.record), { timeoutMs: 5_000 });
  } catch {
    signal(found.record, 'SIGKILL');
  }
  rmSync(join(folder(), `${name}.json`), { force: true });
}
