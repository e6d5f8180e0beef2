import { CloudError } from '../cloud/errors.ts';
import { TokenError } from '../cloud/token.ts';
import type { Context } from '../context.ts';
import type { Step } from '../frame/step.ts';
import { OperatorKeyError } from '../operator-key.ts';
import { SynthError } from '../synth.ts';
import { checkDist } from './dist.ts';
import { type Finding, problem, together } from './finding.ts';
import { checkGit } from './git.ts';
import { checkHetzner } from './hetzner.ts';
import { checkHosts } from './hosts.ts';
import { checkOperatorKey } from './operator-key.ts';
import { checkProdEnv } from './prod-env.ts';
import { releaseFinding } from './release.ts';
import { checkWorkstation } from './workstation.ts';

/** The step `preflight`: whatever can be known to fail is told before anything is changed, all of it at once. */
export function preflightStep(context: Context): Step<Finding> {
  return {
    name: 'preflight',
    title: 'preflight',
    observe: async () => {
      const findings = await Promise.all(checks(context).map((check) => told(context, check)));
      return together(...findings);
    },
    // Two checks may stumble over the same thing.
    plan: ({ problems, notes }) => ({ changes: [], problems: [...new Set(problems)], notes }),
    apply: async () => {},
  };
}

type Check = (context: Context) => Finding | Promise<Finding>;

function checks(context: Context): readonly Check[] {
  return [
    checkWorkstation,
    checkOperatorKey,
    checkProdEnv,
    checkDist,
    ...(context.cluster().provider.kind === 'hetzner' ? [checkHetzner] : []),
    checkHosts,
    ({ clock }) => releaseFinding(context.cluster(), clock.now()),
    checkGit,
  ];
}

/** Errors whose message says what is wrong and what to do: they are problems like others. */
const EXPECTED = [TokenError, CloudError, OperatorKeyError, SynthError];

async function told(context: Context, check: Check): Promise<Finding> {
  try {
    return await check(context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!EXPECTED.some((type) => error instanceof type)) throw error;
    return problem((error as Error).message);
  }
}
