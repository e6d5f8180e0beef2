import type { Manifest } from '../../synth/render.ts';
import { fieldOf, isWithin } from '../compare/path.ts';
import { type Effect, effect } from '../impact.ts';
import { matches } from '../objects/find.ts';
import type { Kinds } from '../objects/kinds.ts';
import type { World } from '../objects/world.ts';
import type { Edit } from './judge.ts';

type Spec = Kinds['Service']['spec'] & { readonly externalIPs?: readonly string[] };
const specOf = (object: Manifest) => object.spec as Spec;

/** Who reaches which pods under a Service's name and address. */
export function service(edit: Edit, { after: world }: { after: World }): Effect[] {
  const [old, next] = [doors(edit.before), doors(edit.after)];
  const inSpec = edit.changes.filter(({ path }) => isWithin(fieldOf(path), 'spec'));
  const fixed = inSpec.some(({ path, before }) => fieldOf(path) === 'spec.clusterIP' && before !== undefined);
  const addressGiven = inSpec.some(
    ({ path, before }) => fieldOf(path) === 'spec.clusterIP' && before === undefined,
  );
  return [
    ...next.filter((door) => !old.includes(door)).map((door) => effect('widens access', door)),
    ...(fixed ? [effect('refused by the API', 'spec.clusterIP cannot change', WAY_OUT)] : []),
    ...(addressGiven
      ? [
          effect(
            'refused by the API',
            'spec.clusterIP is given, and the Service has another address already',
            WAY_OUT,
          ),
        ]
      : []),
    ...(inSpec.length > 0 ? [traffic(edit.after, world)] : []),
  ];
}

const WAY_OUT =
  'delete the Service, then apply: its users lose it for that moment, and Traefik names addresses';

/** A new Service does nothing to what runs, unless it opens a door. */
export const newService = (object: Manifest): Effect[] =>
  doors(object).map((door) => effect('widens access', door));

function traffic(object: Manifest, world: World): Effect {
  const { selector } = specOf(object);
  const found = world
    .pods(object.metadata.namespace)
    .filter(({ labels }) => matches({ matchLabels: selector ?? {} }, labels));
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
