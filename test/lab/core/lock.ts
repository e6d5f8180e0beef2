import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { LabError } from './errors.ts';
import { LAB } from './name.ts';
import { runDir } from './paths.ts';
import { identify, isAlive, type ProcessId } from './process.ts';

interface Owner extends ProcessId {
  /** For people: what took the lab. */
  readonly purpose: string;
  /** The lab was brought up to stay, and outlives its owner. */
  readonly stays: boolean;
}

/**
 * Name of an abstract socket: only one process a lab can listen on it, and the kernel gives it free when that
 * process ends in whatever way, so there is no stale lock. Who connects is told who has it.
 */
const LOCK = `\0honeydue-lab-${LAB}`;

function ownerPath(): string {
  return join(runDir(), 'owner.json');
}

/** Who brought up the lab that is in the run folder; undefined when there is none. */
export function labOwner(): Owner | undefined {
  try {
    return JSON.parse(readFileSync(ownerPath(), 'utf8')) as Owner;
  } catch {
    return undefined; // absent, or cut off by a crash while it was written
  }
}

/** Whether a lab runs whose owner still lives or that was brought up to stay. */
export function labIsUp(): boolean {
  const owner = labOwner();
  return owner !== undefined && (owner.stays || isAlive(owner));
}

/** What the process that has the lock says about itself. */
async function holder(): Promise<string> {
  const socket = net.connect(LOCK);
  socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
  return text(socket).catch(() => 'another process');
}

/** Process id of the holder for which this process acts: a scenario that runs `npm run lab` is inside a locked run. */
export const ACTS_FOR = 'HONEYDUE_LAB_ACTS_FOR';

/**
 * Takes the machine's lab for this process until it ends or gives it up.
 * @returns function that gives it up
 * @throws LabError when another process has it, saying which
 */
export async function takeLock(purpose: string): Promise<() => void> {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`process ${process.pid} (${purpose})`);
  });
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once('listening', () => resolve(true));
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(LOCK);
  });
  if (!taken) {
    const who = await holder();
    if (who.startsWith(`process ${process.env[ACTS_FOR]} `)) return () => {};
    throw new LabError('lab', `${who} is using it`, 'wait for it, or end it');
  }
  server.unref();
  return () => {
    server.close();
  };
}

/** Writes down whose lab this is; `stays` when it shall outlive this process. */
export function recordOwner(purpose: string, stays: boolean): void {
  const self = identify(process.pid);
  if (self !== undefined) writeFileSync(ownerPath(), JSON.stringify({ ...self, purpose, stays }));
}
