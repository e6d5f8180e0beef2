import type { Plan } from '../frame/step.ts';
import type { CloudChange, Part } from './change.ts';
import { findServer, type ObservedCloud } from './observed.ts';
import { planServer } from './plan-server.ts';
import { join, planFirewall, planNetwork, planPlacementGroup, planSshKey } from './plan-shared.ts';
import type { WantedCloud } from './wanted.ts';

/** Compares what is at the provider with what should be: all changes, all problems, all remarks. */
export function planCloud(observed: ObservedCloud, wanted: WantedCloud): Plan<CloudChange> {
  const isNew = wanted.servers.some((node) => !findServer(observed, node));
  return join(
    isNew ? planSale(observed, wanted) : planPlace(observed, wanted),
    // A key is only used when a server is made.
    isNew ? planSshKey(observed, wanted) : {},
    planNetwork(observed, wanted),
    planPlacementGroup(observed, wanted),
    planFirewall(observed, wanted),
    ...wanted.servers.map((node) => planServer(observed, wanted, node)),
  );
}

function planPlace({ location }: ObservedCloud, wanted: WantedCloud): Part {
  if (location) return {};
  return {
    problems: [`Hetzner has no location ${wanted.location}. Correct provider.location in cluster.yaml.`],
  };
}

/** Whether what new servers are to be made of is sold where they are to stand. */
function planSale(observed: ObservedCloud, wanted: WantedCloud): Part {
  const { serverType: type, location, images } = observed;
  const problems = [...(planPlace(observed, wanted).problems ?? [])];
  if (!type)
    problems.push(
      `Hetzner has no server type ${wanted.serverType}. Correct provider.serverType in cluster.yaml.`,
    );
  const offer = type?.locations.find(({ name }) => name === wanted.location);
  if (type && location && !offer?.available) {
    const elsewhere = type.locations.filter(({ available }) => available).map(({ name }) => name);
    problems.push(
      `Server type ${type.name} is not available in ${location.name} now${elsewhere.length > 0 ? `, but in ${elsewhere.join(', ')}` : ''}. ` +
        'Choose another provider.serverType or provider.location in cluster.yaml, or try later.',
    );
  }
  if (
    type &&
    !images.some(({ architecture, deleted }) => architecture === type.architecture && deleted === null)
  ) {
    problems.push(
      `Hetzner has no image ${wanted.image} for ${type.architecture} servers. Correct provider.image in cluster.yaml.`,
    );
  }
  const gone = offer?.deprecation?.unavailable_after;
  const notes = gone
    ? [`Server type ${wanted.serverType} is sold in ${wanted.location} only until ${gone.slice(0, 10)}.`]
    : [];
  return { problems, notes };
}
