import type { Manifest } from '../../synth/render.ts';
import { fieldOf } from '../compare/path.ts';
import { type Effect, effect } from '../impact.ts';
import type { World } from '../objects/world.ts';
import type { Edit } from './judge.ts';
import {
  covers,
  type Direction,
  directions,
  type Policy,
  type Reach,
  reaches,
  reachTexts,
  selectorCovers,
} from './reach.ts';

/** What pods reach, and who reaches them, after a policy has changed. */
export function networkPolicy(edit: Edit, { after: world }: { after: World }): Effect[] {
  if (!edit.changes.some(({ path }) => path[0] === 'spec')) return [];
  const before = edit.before as Policy;
  const after = edit.after as Policy;
  const [old, next] = [reaches(before), reaches(after)];
  return [
    ...opened(next.filter((reach) => !old.some((known) => covers(known, reach)))),
    ...closed(old.filter((reach) => !next.some((known) => covers(known, reach)))),
    ...released(before, after, world),
    ...isolated(before, after),
    ...selection(edit),
  ];
}

/** A new policy closes its pods but for its rules; where others closed them already, its rules are what is new. */
export function newNetworkPolicy(object: Manifest, world: World): Effect[] {
  const policy = object as Policy;
  const closes = directions(policy.spec).filter((direction) => !closedByOthers(policy, direction, world));
  const adds = reaches(policy).filter(({ direction }) => !closes.includes(direction));
  return [
    ...closes.map((direction) =>
      effect('changes traffic', `closes its pods for ${WORDS[direction]} but for its rules`),
    ),
    ...opened(adds),
  ];
}

/** Without it, what it allowed is closed where others still close its pods, and everything open where none does. */
export function removedNetworkPolicy(object: Manifest, world: World): Effect[] {
  const policy = object as Policy;
  const opens = directions(policy.spec).filter((direction) => !closedByOthers(policy, direction, world));
  return [
    ...opens.map(allOpen),
    ...closed(reaches(policy).filter(({ direction }) => !opens.includes(direction))),
  ];
}

const WORDS: Readonly<Record<Direction, string>> = {
  Ingress: 'incoming traffic',
  Egress: 'outgoing traffic',
};

const allOpen = (direction: Direction) =>
  effect('widens access', `all ${WORDS[direction]} of its pods is open: no other policy closes it`);

const opened = (list: readonly Reach[]) =>
  reachTexts(list).map((text) => effect('widens access', `opens ${text}`));
const closed = (list: readonly Reach[]) =>
  reachTexts(list).map((text) => effect('changes traffic', `closes ${text}`));

/** Directions that the policy no longer is about. */
function released(before: Policy, after: Policy, world: World): Effect[] {
  return directions(before.spec)
    .filter((direction) => !directions(after.spec).includes(direction))
    .flatMap((direction) => (closedByOthers(after, direction, world) ? [] : [allOpen(direction)]));
}

function isolated(before: Policy, after: Policy): Effect[] {
  return directions(after.spec)
    .filter((direction) => !directions(before.spec).includes(direction))
    .map((direction) =>
      effect('changes traffic', `closes its pods for ${WORDS[direction]} but for its rules`),
    );
}

/** Other pods than before: those that it leaves may be open, and those that it takes up get its rules. */
function selection({ changes }: Edit): Effect[] {
  return changes.some(({ path }) => fieldOf(path).startsWith('spec.podSelector'))
    ? [effect('widens access', 'holds for other pods than before')]
    : [];
}

function closedByOthers(policy: Policy, direction: Direction, world: World): boolean {
  return world
    .in(policy.metadata.namespace, 'NetworkPolicy')
    .some(
      ({ metadata, spec }) =>
        metadata.name !== policy.metadata.name &&
        directions(spec).includes(direction) &&
        selectorCovers(spec.podSelector, policy.spec.podSelector),
    );
}
