import { ufwArguments } from '../../../config/hosts/ufw-render.ts';
import type { UfwRule } from '../../../config/hosts/ufw-rule.ts';
import { byFamily, isOurs, type ListedRule, listed, parseRule } from './rule-list.ts';

/** The rules of a host, a list a family. */
export interface Rules {
  readonly v4: readonly ListedRule[];
  readonly v6: readonly ListedRule[];
}

/**
 * The arguments of `ufw`, command after command, that make ours the wanted ones in the wanted order. What is new comes
 * before what goes, so that nothing that stays allowed is ever shut; rules of others stay where they are.
 */
export function ufwEdits(current: Rules, wanted: readonly UfwRule[]): string[][] {
  const { v4, v6 } = byFamily(wanted);
  const first = familyEdits(current.v4, v4, 0);
  return [...first.edits, ...familyEdits(current.v6, v6, first.length).edits];
}

/** True when ours are the wanted ones in the wanted order. */
export function isAsWanted(current: Rules, wanted: readonly UfwRule[]): boolean {
  return ufwEdits(current, wanted).length === 0;
}

/** @param offset UFW numbers the rules of both families in one go, those of IPv4 first */
function familyEdits(current: readonly ListedRule[], wanted: readonly UfwRule[], offset: number) {
  const edits: string[][] = [];
  const target = wanted.map((rule) => ({ rule, ...listed(rule) }));
  // UFW does not hold a rule twice: somebody's that is the same as ours, or ours under another name, becomes ours.
  let list = current.map((row) => {
    const same = target.find(({ key }) => key === row.key);
    if (same === undefined || same.comment === row.comment) return row;
    edits.push(ufwArguments(same.rule));
    return { key: row.key, comment: same.comment };
  });
  const stay = inOrder(
    list.map(({ key }) => key),
    target.map(({ key }) => key),
  );
  // A rule in the wrong place has to go before it can come back.
  const misplaced = (row: ListedRule) => target.some(({ key }) => key === row.key) && !stay.has(row.key);
  for (const row of list.filter(misplaced)) edits.push(removal(row));
  list = list.filter((row) => !misplaced(row));
  let at = 0;
  for (const { rule, key, comment } of target) {
    if (stay.has(key)) {
      at = list.findIndex((row) => row.key === key) + 1;
      continue;
    }
    edits.push(
      at === list.length ? ufwArguments(rule) : ufwArguments(rule, ['insert', String(offset + at + 1)]),
    );
    list = [...list.slice(0, at), { key, comment }, ...list.slice(at)];
    at += 1;
  }
  const obsolete = list.filter((row) => isOurs(row) && !target.some(({ key }) => key === row.key));
  for (const row of obsolete) edits.push(removal(row));
  return { edits, length: list.length - obsolete.length };
}

const removal = (row: ListedRule) => ufwArguments(parseRule(row), ['delete']);

/** The longest run of the wanted that the list already has in this order; the rest has to move. */
function inOrder(list: readonly string[], wanted: readonly string[]): Set<string> {
  const positions = wanted.map((key) => list.indexOf(key));
  // best[i]: the longest that ends with wanted[i].
  const best: string[][] = [];
  for (const [i, position] of positions.entries()) {
    if (position < 0) {
      best.push([]);
      continue;
    }
    const before = best.filter((run, j) => j < i && run.length > 0 && (positions[j] ?? -1) < position);
    const longest = before.reduce((long, run) => (run.length > long.length ? run : long), [] as string[]);
    best.push([...longest, wanted[i] ?? '']);
  }
  return new Set(best.reduce((long, run) => (run.length > long.length ? run : long), []));
}
