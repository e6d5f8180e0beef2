import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Change } from '../frame/step.ts';
import { replaceFile } from '../local-file.ts';
import type { Site } from '../site.ts';

/**
 * The keys of servers that are gone: one that is made anew has others, and would be refused as an impostor. That is safe
 * to say only of a server that does not exist.
 */
export function forgetChanges({ knownHosts }: Site, gone: readonly string[]): Change[] {
  return gone
    .filter((alias) => pinned(knownHosts).some((line) => isOf(line, alias)))
    .map((alias) => ({
      action: 'remove',
      where: basename(knownHosts),
      what: `key of ${alias}`,
      detail: 'its server is gone',
    }));
}

/** Forgets the keys of these hosts. Everything else in the file stays. */
export function forget({ knownHosts }: Site, gone: readonly string[]): void {
  const lines = pinned(knownHosts);
  const kept = lines.filter((line) => !gone.some((alias) => isOf(line, alias)));
  if (kept.length < lines.length) replaceFile(knownHosts, kept.join('\n'));
}

const pinned = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);

/** Keys are pinned by alias, in clear. */
const isOf = (line: string, alias: string) => line.startsWith(`${alias} `);
