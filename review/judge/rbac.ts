import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import type { Edit } from './judge.ts';
import { some } from './list-text.ts';

/** Rights at the API server. */

interface RuleFields {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs?: readonly string[];
}

/** One verb on one thing. `*` stands for all. */
interface Right {
  readonly verb: string;
  /** API group; of a path such as /metrics, `URL`. */
  readonly group: string;
  readonly thing: string;
  readonly name: string;
}

export function role({ before, after }: Edit): Effect[] {
  const [old, next] = [rightsOf(before), rightsOf(after)];
  return [
    ...gained(
      'gives rights: ',
      next.filter((right) => !old.some((known) => covers(known, right))).map(rightText),
    ),
    ...lost(
      'takes rights away: ',
      old.filter((right) => !next.some((known) => covers(known, right))).map(rightText),
    ),
    ...aggregation(before, after),
  ];
}

export const newRole = (object: Manifest): Effect[] =>
  gained('gives rights: ', rightsOf(object).map(rightText));

export function binding({ before, after }: Edit): Effect[] {
  const [old, next] = [subjectsOf(before), subjectsOf(after)];
  return [
    ...gained(
      'binds ',
      next.filter((subject) => !old.includes(subject)),
    ),
    ...lost(
      'no longer binds ',
      old.filter((subject) => !next.includes(subject)),
    ),
  ];
}

export const newBinding = (object: Manifest): Effect[] =>
  gained(
    'binds ',
    subjectsOf(object).map((subject) => `${subject} to ${roleOf(object)}`),
  );

/** Pods of the account get a token unless it, or they, say no (P-5). */
export function serviceAccount({ before, after }: Edit): Effect[] {
  const gives = (account: Manifest) => account.automountServiceAccountToken !== false;
  return gives(after) && !gives(before) ? [token] : [];
}

export const newServiceAccount = (object: Manifest): Effect[] =>
  object.automountServiceAccountToken === false ? [] : [token];

const token = effect('widens access', 'gives its pods a token for the API server');

const gained = (text: string, list: readonly string[]) =>
  list.length === 0 ? [] : [effect('widens access', `${text}${some(list)}`)];
const lost = (text: string, list: readonly string[]) =>
  list.length === 0 ? [] : [effect('config only', `${text}${some(list)}`)];

/** A ClusterRole whose rules another controller fills in from labels. */
function aggregation(before: Manifest, after: Manifest): Effect[] {
  if (JSON.stringify(before.aggregationRule) === JSON.stringify(after.aggregationRule)) return [];
  return after.aggregationRule === undefined
    ? []
    : [effect('widens access', 'takes over the rights of other roles')];
}

const ANY = '*';
const URL_GROUP = 'URL';

function rightsOf({ rules }: Manifest): Right[] {
  return ((rules ?? []) as readonly RuleFields[]).flatMap(
    ({ apiGroups = [''], resources = [], resourceNames = [ANY], nonResourceURLs = [], verbs = [] }) =>
      verbs.flatMap((verb) => [
        ...nonResourceURLs.map((thing) => ({ verb, group: URL_GROUP, thing, name: ANY })),
        ...apiGroups.flatMap((group) =>
          resources.flatMap((thing) => resourceNames.map((name) => ({ verb, group, thing, name }))),
        ),
      ]),
  );
}

function covers(a: Right, b: Right): boolean {
  if (b.group === URL_GROUP && a.group !== URL_GROUP) return false;
  return (['verb', 'group', 'thing', 'name'] as const).every(
    (part) => a[part] === ANY || a[part] === b[part],
  );
}

const rightText = ({ verb, group, thing, name }: Right) =>
  `${verb} ${thing}${['', ANY, URL_GROUP].includes(group) ? '' : `.${group}`}${name === ANY ? '' : ` ${name}`}`;

function subjectsOf({ subjects }: Manifest): string[] {
  const list = (subjects ?? []) as readonly { kind: string; name: string; namespace?: string }[];
  return list.map(
    ({ kind, name, namespace }) => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
  );
}

function roleOf({ roleRef }: Manifest): string {
  const { kind = 'role', name = '' } = (roleRef ?? {}) as { kind?: string; name?: string };
  return `${kind} ${name}`;
}
