import { planCloud } from '../cloud/plan.ts';
import { tokenProblem } from '../cloud/token.ts';
import { wantedCloud } from '../cloud/wanted.ts';
import type { Context } from '../context.ts';
import { type Finding, fine, problem, together } from './finding.ts';
import { clockFinding } from './hosts.ts';

/**
 * Whether the project can be reached and written to, and has what cluster.yaml asks of it. The account's limits are not
 * among it: the API tells of them only when one is reached.
 * @throws TokenError, CloudError
 */
export async function checkHetzner(context: Context): Promise<Finding> {
  const hcloud = context.hcloud();
  const [refused, observed] = await Promise.all([tokenProblem(hcloud), context.cloud.look()]);
  // Which key servers are made with makes no problem; that there is none is told elsewhere.
  const { problems } = planCloud(observed, wantedCloud(context.cluster(), ''));
  const ahead = hcloud.clockAhead();
  return together(
    problem(...(refused === undefined ? [] : [refused]), ...problems),
    ahead === undefined ? fine : clockFinding('Hetzner', -ahead),
  );
}
