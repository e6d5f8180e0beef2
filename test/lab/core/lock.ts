import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LabError } from './errors.ts';
import { runDir } from './paths.ts';
import { identify, isAlive, type ProcessId } from './process.ts';

interface Owner extends ProcessId {
  /** For people: what took the lab. */
  readonly purpose: string;
  /** The lab was brought up to stay, and outlives its owner. */
  readonly stays: boolean;
}

/** Beside the run folder, because that folder is deleted as a whole. */
function lockPath(): string {
  return `${runDir()}.lock`;
}

function ownerPath(): string {
  return join(runDir(), 'owner.json');
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return undefined; // absent, or cut off by a crash while it was written
  }
}

/** Who brought up the lab that is in the run folder; undefined when there is none. */
export function labOwner(): Owner | undefined {
  return readOwner(ownerPath());
}

/** Whether a lab runs whose owner still lives or that was brought up to stay. */
export function labIsUp(): boolean {
  const owner = labOwner();
  return owner !== undefined && (owner.stays || isAlive(owner));
}

/**
 * Takes the machine's lab for this process; a lock left by a process that is gone counts for nothing.
 * @throws LabError when another live process has it
 */
export function takeLock(purpose: string): () => void {
  const self = identify(process.pid);
  if (self === undefined) throw new LabError('lab', 'this process has no /proc entry', 'mount /proc');
  mkdirSync(dirname(lockPath()), { recursive: true });
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(lockPath(), JSON.stringify({ ...self, purpose, stays: false }), {
        flag: 'wx',
        mode: 0o600,
      });
      return () => rmSync(lockPath(), { force: true });
    } catch {
      const owner = readOwner(lockPath());
      if (owner !== undefined && isAlive(owner)) {
        throw new LabError(
          'lab',
          `process ${owner.pid} (${owner.purpose}) is using it`,
          'wait for it, or end it',
        );
      }
      // Renamed before it is removed, so that of two that find it stale only one takes it away.
      const stale = `${lockPath()}.${process.pid}`;
      if (existsSync(lockPath())) renameSync(lockPath(), stale);
      rmSync(stale, { force: true });
    }
  }
  throw new LabError('lab', `could not take ${lockPath()}`, 'try again');
}

/** Writes down whose lab this is; `stays` when it shall outlive this process. */
export function recordOwner(purpose: string, stays: boolean): void {
  const self = identify(process.pid);
  if (self !== undefined) writeFileSync(ownerPath(), JSON.stringify({ ...self, purpose, stays }));
}
