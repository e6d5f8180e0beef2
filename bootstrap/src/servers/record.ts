import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseCluster } from '../../../config/load.ts';
import { canRecord, type NewAddresses, recordAddresses } from '../cloud/record-addresses.ts';
import type { Change } from '../frame/step.ts';
import { replaceFile } from '../local-file.ts';
import type { Site } from '../site.ts';

/** The row of the plan that writes addresses into cluster.yaml, with the difference as far as it is known. */
export function recordChange(
  site: Site,
  found: readonly NewAddresses[],
  expected: readonly string[],
): Change[] {
  const aliases = [...found.map(({ alias }) => alias), ...expected];
  if (aliases.length === 0) return [];
  const before = readFileSync(site.config, 'utf8');
  return [
    {
      action: 'change',
      where: basename(site.config),
      what: `record public addresses of ${aliases.join(', ')}`,
      detail: expected.length > 0 ? 'as Hetzner gives them' : '',
      ...(found.length > 0 ? { file: { before, after: recordAddresses(before, found) } } : {}),
    },
  ];
}

/** Nodes whose entry in cluster.yaml cannot be added to without touching the rest. Found before a server is made. */
export function recordProblems(site: Site, aliases: readonly string[]): string[] {
  const text = readFileSync(site.config, 'utf8');
  return aliases
    .filter((alias) => !canRecord(text, alias))
    .map(
      (alias) =>
        `${site.config}: the node ${alias} stands in braces or behind an alias of YAML, where addresses cannot be added. Write it as the other nodes, a key on each line.`,
    );
}

/**
 * Writes new addresses into cluster.yaml and reads it again.
 * @throws ConfigError when it would no longer be right; it is then left as it was
 */
export function record(site: Site, found: readonly NewAddresses[]): void {
  if (found.length === 0) return;
  const text = recordAddresses(readFileSync(site.config, 'utf8'), found);
  parseCluster(text, site.config);
  replaceFile(site.config, text);
  site.reload();
}
