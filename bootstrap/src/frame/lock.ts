import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';

/** Who holds the lock. */
interface Holder {
  readonly id: string;
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** ISO time. */
  readonly since: string;
  readonly command: string;
}

/** Another run is under way. Says whose, since when, and how to release the lock if that is not true. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

export interface Lock {
  release(): void;
}

/**
 * Takes the lock: one run at a time. The lock of a process of this machine that is gone, as after a power cut, is
 * taken over.
 * @param file its folder is made if need be
 * @param command what runs, for those who find the lock taken
 * @throws LockedError when another run has it
 */
export function takeLock(file: string, command: string, now = new Date()): Lock {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { username: user } = userInfo();
  const own: Holder = {
    id: randomUUID(),
    user,
    host: hostname(),
    pid: process.pid,
    since: now.toISOString(),
    command,
  };
  for (;;) {
    if (claim(file, own)) return { release: () => release(file, own) };
    const holder = read(file);
    // Released in this moment.
    if (holder === undefined) continue;
    if (holder === 'unreadable' || !isGone(holder)) throw new LockedError(lockedText(file, holder));
    takeAway(file, holder, own);
  }
}

/** A link appears with its whole content or not at all, and only for one of several that try. */
function claim(file: string, own: Holder): boolean {
  const draft = `${file}.${own.id}`;
  writeFileSync(draft, `${JSON.stringify(own, null, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

/** Moves a dead run's lock aside; if another run was faster and this is that one's lock, it is given back. */
function takeAway(file: string, dead: Holder, own: Holder): void {
  const aside = `${file}.dead.${own.id}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = read(aside);
  if (moved !== undefined && moved !== 'unreadable' && moved.id !== dead.id) renameSync(aside, file);
  else rmSync(aside);
}

function release(file: string, own: Holder): void {
  const holder = read(file);
  if (holder !== undefined && holder !== 'unreadable' && holder.id === own.id) rmSync(file, { force: true });
}

function read(file: string): Holder | 'unreadable' | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return 'unreadable';
  }
}

/** Of another machine's process nothing is known. */
function isGone({ host, pid }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function lockedText(file: string, holder: Holder | 'unreadable'): string {
  const remedy = `If no run is under way, release the lock: rm ${file}`;
  if (holder === 'unreadable') return `Another run holds the lock, and does not say which. ${remedy}`;
  const { user, host, pid, since, command } = holder;
  return `${user} on ${host} has been running "${command}" (process ${pid}) since ${since}. Wait for it to end. ${remedy}`;
}
