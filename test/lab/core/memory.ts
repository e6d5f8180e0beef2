import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupNamed } from './cgroups.ts';

/** Memory of everything in the lab, in bytes. */
export interface LabMemory {
  /** What its processes hold; the kernel cannot take it away. */
  readonly held: number;
  /** Files that the kernel keeps in memory as long as nothing else wants it. */
  readonly caches: number;
}

/** Names of the two figures in memory.stat, of control groups version 1 and 2. */
const FIELDS = [
  ['total_rss', 'total_cache'],
  ['anon', 'file'],
] as const;

/** What the lab uses now; zero when none runs. */
export function labMemory(): LabMemory {
  const file = join(groupNamed('memory'), 'memory.stat');
  if (!existsSync(file)) return { held: 0, caches: 0 };
  const lines = readFileSync(file, 'utf8').split('\n');
  const figures = new Map(lines.map((line) => line.split(' ') as [string, string]));
  const [held, caches] = FIELDS.find(([first]) => figures.has(first)) ?? FIELDS[0];
  return { held: Number(figures.get(held) ?? 0), caches: Number(figures.get(caches) ?? 0) };
}

/** A number of bytes for people. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
