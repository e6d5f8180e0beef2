import type { Context } from '../../context.ts';
import type { Check, Step } from '../../frame/step.ts';
import { checkCluster } from './checks-cluster.ts';
import { checkDrift } from './checks-drift.ts';
import { checkEdge } from './checks-edge.ts';
import { checkHosts } from './checks-hosts.ts';
import { checkServers } from './checks-server.ts';
import { lookAtSite } from './look.ts';
import type { SeenSite } from './seen.ts';

/** Every check, over what was seen; none looks at anything itself. */
export function checkSite(site: SeenSite): Check[] {
  return [
    ...checkHosts(site),
    ...checkCluster(site),
    ...checkDrift(site),
    ...checkServers(site),
    ...checkEdge(site),
  ];
}

/**
 * The step `verify`: whether all is right, with what was seen. It changes nothing.
 * @param deep also whether dist/ and prod.env are in the cluster as they are: for who has not just run those steps
 */
export function verifyStep(context: Context, deep = false): Step<SeenSite> {
  return {
    name: 'verify',
    title: 'the site',
    observe: () => lookAtSite(context, deep),
    plan: (site) => ({ changes: [], problems: [], notes: [], checks: checkSite(site) }),
    apply: async () => {},
  };
}
