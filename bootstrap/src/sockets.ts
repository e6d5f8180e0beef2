import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Characters: some systems allow 104 for a socket's path, of which `/honeydue/`, the deployment's hash and ssh's names take 76. */
const LONGEST = 28;

/**
 * The folder of the sockets of shared ssh connections: ours alone, as who can open a socket has the connection; and of
 * this deployment alone, as a connection that exists is taken without another look at the host's key.
 * @param knownHosts the deployment's file of pinned keys
 * @throws Error when somebody else was there first
 */
export function socketFolder({ XDG_RUNTIME_DIR: runtime }: NodeJS.ProcessEnv, knownHosts: string): string {
  const uid = process.getuid?.() ?? 0;
  const folder = runtime && runtime.length < LONGEST ? join(runtime, 'honeydue') : `/tmp/honeydue-${uid}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const about = lstatSync(folder);
  if (!about.isDirectory() || about.uid !== uid || (about.mode & 0o077) !== 0) {
    throw new Error(`${folder} is not a folder that only you can open. See who made it, and remove it.`);
  }
  const deployment = join(folder, createHash('sha256').update(resolve(knownHosts)).digest('hex').slice(0, 8));
  mkdirSync(deployment, { recursive: true, mode: 0o700 });
  return deployment;
}
