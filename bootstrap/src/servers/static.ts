import type { Context } from '../context.ts';
import type { Step } from '../frame/step.ts';

/** The step `servers` for provider static: the hosts exist, and this only sees that each lets us in. */
export function staticStep(context: Context): Step<readonly string[]> {
  return {
    name: 'servers',
    title: 'hosts that exist',
    observe: () => unreachable(context),
    plan: (problems) => ({ changes: [], problems, notes: [] }),
    apply: async () => {},
  };
}

/** Of each host that cannot be logged in to, why, and what to do. */
async function unreachable(context: Context): Promise<string[]> {
  const looks = context.cluster().nodes.map((node) => context.greeting(node).look());
  const results = await Promise.allSettled(looks);
  context.signal.throwIfAborted();
  return results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => (reason instanceof Error ? reason.message : String(reason)));
}
