import type { Difference, Entry } from '../entry.ts';
import type { Effect, Impact } from '../impact.ts';
import { some } from '../judge/list-text.ts';
import { type Sides, sides } from './values.ts';

/** This many changes of one kind become one line. */
const FOLD_FROM = 8;

/** Entries that say the same, once. */
export interface Block {
  readonly impact: Impact;
  readonly change: Entry['change'];
  /** `Deployment honeydue/api`; `hetzner1, hetzner2: firewall rules`. */
  readonly title: string;
  /** Of entries alike but for their values: that what follows is the first one's. */
  readonly remark?: string;
  readonly effects: readonly Effect[];
  readonly lines: readonly Line[];
}

/** One change, or some that are alike. */
export interface Line {
  readonly path: string;
  readonly sides?: Sides;
  /** Instead of the values: how many there are, and the first of them. */
  readonly text?: string;
  readonly unseen: boolean;
}

/** The entries of a report, those alike in one block, in their order. */
export function blocks(entries: readonly Entry[]): Block[] {
  const same = groups(entries, (entry) => JSON.stringify(contentOf(entry)));
  const alike = groups(same, ([first]) => JSON.stringify(kindOf(first)));
  return alike.flatMap((list) => {
    const all = list.flat();
    if (list.length === 1 || all.length < FOLD_FROM) return list.map((equal) => block(equal));
    return [block(all, `${list.length} alike but for their values; the first:`)];
  });
}

type Group<T> = readonly [T, ...T[]];

function groups<T>(list: readonly T[], keyOf: (element: T) => string): Group<T>[] {
  const found = new Map<string, [T, ...T[]]>();
  for (const element of list) {
    const key = keyOf(element);
    const group = found.get(key);
    if (group) group.push(element);
    else found.set(key, [element]);
  }
  return [...found.values()];
}

/** Everything but the name of the object, and of a host's part everything but the host. */
function contentOf({ subject, host, file: _, ...content }: Entry): unknown {
  return [content, host === undefined ? '' : subject];
}

function kindOf({ subject, host, impact, change, effects, differences }: Entry): unknown {
  const about = host === undefined ? subject.split(' ')[0] : subject;
  const kinds = effects.map((effect) => effect.impact);
  return [about, impact, change, kinds, differences.map(({ path }) => path.replace(/\[[^\]]*\]/g, '[]'))];
}

function block(entries: readonly Entry[], remark?: string): Block {
  const [first] = entries;
  if (first === undefined) throw new Error('a block has an entry');
  const { impact, change, effects, differences } = first;
  const whole = change !== 'changed' && differences.every(({ path }) => path === '');
  return {
    impact,
    change,
    title: titleOf(entries),
    ...(remark !== undefined && { remark }),
    effects,
    lines: whole ? [] : lines(differences),
  };
}

function titleOf(entries: readonly Entry[]): string {
  const [first] = entries;
  if (first?.host === undefined) return some(entries.map(({ subject }) => subject));
  return `${entries.map(({ host }) => host).join(', ')}: ${first.subject} (by provisioning)`;
}

/** The differences, many of one kind in one place as one line. */
function lines(differences: readonly Difference[]): Line[] {
  return groups(differences, placeOf).flatMap((group) =>
    group.length < FOLD_FROM
      ? group.map((one): Line => ({ path: one.path, sides: sides(one), unseen: one.unseen === true }))
      : [folded(group)],
  );
}

/** The map or list that a change is in, and whether something comes, goes or differs there. */
function placeOf({ path, before, after, unseen }: Difference): string {
  const how = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return JSON.stringify([parentOf(path), how, unseen === true]);
}

const parentOf = (path: string) => path.replace(/(\.[\w-]+|\[[^\]]*\]|line \d+)$/, '');

function folded(group: Group<Difference>): Line {
  const [first] = group;
  const { before, after } = sides(first);
  const values = (side: 'before' | 'after') => some(group.map((one) => sides(one)[side] ?? ''));
  const text =
    before === undefined
      ? `${group.length} added: ${values('after')}`
      : after === undefined
        ? `${group.length} removed: ${values('before')}`
        : `${group.length} changed, the first: ${before} → ${after}`;
  return { path: parentOf(first.path), text, unseen: first.unseen === true };
}
