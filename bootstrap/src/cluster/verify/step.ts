import type { Context } from '../../context.ts';
import type { Check, Run, Step } from '../../frame/step.ts';
import { checkCluster } from './checks-cluster.ts';
import { checkDrift } from './checks-drift.ts';
import { checkEdge } from './checks-edge.ts';
import { checkHosts } from './checks-hosts.ts';
import { checkServers } from './checks-server.ts';
import { list } from './judge.ts';
import { lookAtSite } from './look.ts';
import { isSeen, type SeenSite } from './seen.ts';

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
    observe: (run) => lookUntilCalm(context, deep, run),
    plan: (site) => ({ changes: [], problems: [], notes: [], checks: checkSite(site) }),
    apply: async () => {},
  };
}

/** A leader that changes, or a pod that is just being replaced, is over in less. */
const LOOKS = 3;
const PAUSE = 5_000;

/** What is wrong for a moment only is nothing to wake anybody for: it has to be wrong each time. A lost host is no moment. */
async function lookUntilCalm(
  context: Context,
  deep: boolean,
  { clock, signal, say }: Run,
): Promise<SeenSite> {
  for (let left = LOOKS - 1; ; left -= 1) {
    const site = await lookAtSite(context, deep);
    const wrong = checkSite(site).filter(({ state }) => state === 'failed');
    const isLost = site.hosts.some((host) => !isSeen(host));
    if (wrong.length === 0 || left === 0 || isLost) return site;
    say(`not right yet, looking again: ${list(wrong.map(({ name }) => name))}`);
    await clock.sleep(PAUSE, signal);
  }
}
