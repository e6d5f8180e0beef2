import { homedir } from 'node:os';
import { join } from 'node:path';
import { LAB } from './name.ts';

/** Everything the lab keeps between runs (image, packages, built programs); large, safe to delete. */
export function cacheDir(): string {
  return process.env.HONEYDUE_LAB_CACHE ?? join(homedir(), '.cache', 'honeydue-lab');
}

/** State and logs of the lab that is running; gone after `down`. */
export function runDir(): string {
  return process.env.HONEYDUE_LAB_RUN ?? `/run/honeydue-lab-${LAB}`;
}

/**
 * Disks of the running hosts. Not in the run folder: /run is usually kept in memory, and etcd and
 * containerd write a lot.
 */
export function disksDir(): string {
  return join(cacheDir(), 'disks', LAB);
}

/** Folder of the lab's sources, for the shell scripts and probe programs beside them. */
export const labSources = join(__dirname, '..');
