import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostTexts } from '../../../config/hosts/host-text.ts';
import type { Cluster } from '../../../config/schema.ts';
import type { Site } from '../site.ts';

/** A text of dist/hosts/ that is not what cluster.yaml renders. */
export interface StaleText {
  /** `hosts/hetzner1.txt` */
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** The texts of dist/hosts/ that are stale, or missing. */
export function staleTexts({ dist, cluster }: Site): StaleText[] {
  return [...hostTexts(cluster())].flatMap(([name, after]) => {
    const file = join(dist, name);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return before === after ? [] : [{ name, before, after }];
  });
}

/**
 * True when nothing but addresses that the provider has given makes the difference: provisioning recorded them and was
 * cut off before it rendered dist/. Any other difference is for a reviewer.
 */
export function differsByAddresses({ before, after }: StaleText, { nodes }: Cluster): boolean {
  const given = nodes.flatMap(({ publicIPv4, publicIPv6 }) => [publicIPv4, publicIPv6]);
  const addresses = given.filter((address) => address !== undefined);
  const rest = (text: string) =>
    text.split('\n').filter((line) => !addresses.some((address) => line.split(/[\s"']+/).includes(address)));
  return before !== '' && rest(before).join('\n') === rest(after).join('\n');
}
