import type { Change, Check } from '../../frame/step.ts';

export const ok = (name: string, evidence: string): Check => ({ name, state: 'ok', evidence });
export const warning = (name: string, evidence: string): Check => ({ name, state: 'warning', evidence });
export const failed = (name: string, evidence: string): Check => ({ name, state: 'failed', evidence });

/**
 * One row for many things: fine when none of them is wrong, otherwise it names those that are.
 * @param fine what is said then
 * @param advice what to do otherwise
 */
export function all(
  name: string,
  wrong: readonly string[],
  { fine, advice, state = 'failed' }: { fine: string; advice?: string; state?: 'failed' | 'warning' },
): Check {
  if (wrong.length === 0) return ok(name, fine);
  return { name, state, evidence: `${wrong.join('; ')}${advice ? `. ${advice}` : ''}` };
}

export const list = (names: readonly string[]) => names.join(', ');

/** `hetzner1: file /etc/fstab (changed by hand)` */
export const drift = (changes: readonly Change[]) =>
  changes.map(({ where, what, detail }) => `${where}: ${what}${detail ? ` (${detail})` : ''}`);
