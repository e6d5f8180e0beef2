import { amount } from '../../config/quantity.ts';
import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import type { Edit } from './judge.ts';

/** Services that open ports of nodes past UFW; a quota of 0 makes the API server refuse them (P-12). */
const DOORS = ['services.nodeports', 'services.loadbalancers'];

type Hard = Readonly<Record<string, string | number | undefined>>;
const hardOf = (object: Manifest): Hard => (object.spec as { hard?: Hard } | undefined)?.hard ?? {};

export function quota({ before, after }: Edit): Effect[] {
  const [old, next] = [hardOf(before), hardOf(after)];
  return DOORS.filter((door) => old[door] !== undefined && !(amount(next[door]) <= amount(old[door]))).map(
    (door) =>
      effect('widens access', `${door} may be ${next[door] ?? 'any number'}, and UFW guards none of them`),
  );
}

export const removedQuota = (): Effect[] => [
  effect('widens access', 'nothing limits its namespace any more, nor Services that open ports of nodes'),
];
