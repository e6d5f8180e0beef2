import type { Manifest } from '../../synth/render.ts';
import { fieldOf, isWithin } from '../compare/path.ts';
import type { Change } from '../compare/values.ts';
import { type Effect, effect } from '../impact.ts';
import type { Kinds } from '../objects/kinds.ts';
import type { World } from '../objects/world.ts';
import type { Edit } from './judge.ts';

type Spec = Kinds['Service']['spec'] & { readonly externalIPs?: readonly string[] };
const specOf = (object: Manifest) => object.spec as Spec;

/** Who reaches which pods under a Service's name and address. */
export function service({ before, after, changes }: Edit, { after: world }: { after: World }): Effect[] {
  const inSpec = changes.filter(({ path }) => isWithin(fieldOf(path), 'spec'));
  if (inSpec.length === 0) return [];
  const known = doors(before);
  return [
    ...doors(after)
      .filter((door) => !known.includes(door))
      .map((door) => effect('widens access', door)),
    ...beyondQuota(after, world),
    ...address(inSpec),
    traffic(after, world),
  ];
}

/** A Service has its address for life, whether the manifest names it or not. */
function address(changes: readonly Change[]): Effect[] {
  const change = changes.find(({ path }) => fieldOf(path) === 'spec.clusterIP');
  if (change === undefined) return [];
  const text =
    change.before === undefined
      ? 'spec.clusterIP is given, and the Service has another address already'
      : 'spec.clusterIP cannot change';
  return [
    effect('refused by the API', text, 'delete the Service, then apply: for that moment nobody reaches it'),
  ];
}

/** A new Service does nothing to what runs, unless it opens a door. */
export const newService = (object: Manifest, world: World): Effect[] => [
  ...doors(object).map((door) => effect('widens access', door)),
  ...beyondQuota(object, world),
];

const COUNTED: Readonly<Record<string, readonly string[]>> = {
  NodePort: ['services.nodeports'],
  // One of this type opens ports of the nodes too.
  LoadBalancer: ['services.loadbalancers', 'services.nodeports'],
};

/** Quotas of 0 are there to keep such Services out (P-12). */
function beyondQuota(object: Manifest, world: World): Effect[] {
  const counted = COUNTED[specOf(object).type ?? ''] ?? [];
  return world
    .in(object.metadata.namespace, 'ResourceQuota')
    .filter(({ spec }) => counted.some((name) => spec.hard[name] === '0'))
    .map(({ metadata }) =>
      effect(
        'refused by the API',
        `quota ${metadata.name} allows no Service of this type`,
        'let Traefik lead to it: it is the only way in that UFW guards',
      ),
    );
}

function traffic(object: Manifest, world: World): Effect {
  const { selector } = specOf(object);
  const found = world.podsWith(object.metadata.namespace, selector ?? {});
  if (selector !== undefined && found.length === 0) return effect('interrupts', 'leads to no pod');
  return effect(
    'changes traffic',
    `leads to ${found.map(({ owner }) => owner.metadata.name).join(', ')} by these rules`,
  );
}

/** Ways in from outside the cluster: UFW is not asked about any of them. */
function doors(object: Manifest): string[] {
  const { type, externalIPs = [] } = specOf(object);
  return [
    ...(type === 'NodePort' || type === 'LoadBalancer'
      ? [`type ${type} opens a port on every node past UFW`]
      : []),
    ...externalIPs.map((address) => `takes traffic for ${address}`),
  ];
}
