import type { Step } from '../../frame/step.ts';
import type { ObservedDist } from './observe.ts';
import { readPast } from './past.ts';
import type { ApplyChange } from './plan.ts';
import { lookForLeftOver, prune } from './prune.ts';
import { type Before, planDeploy } from './review.ts';
import { type ApplyContext, applyStep } from './step.ts';

/**
 * The step of `deploy`: as the step `apply`, with a report of what that comes to since the last deployment; and what
 * dist/ says no longer is deleted, when all else is up.
 * @param named objects that are to be deleted although that loses something, as `Secret honeydue/old`
 */
export function deployStep(
  context: ApplyContext,
  named: readonly string[],
): Step<ObservedDist & Before, ApplyChange> {
  const { kubectl, site } = context;
  const applying = applyStep(context);
  return {
    name: applying.name,
    title: applying.title,
    observe: async (run) => {
      const observed = await applying.observe(run);
      const past = readPast(site.dist, observed.deploys);
      const gone = typeof past === 'string' ? [] : past.gone;
      return { ...observed, past, leftOver: await lookForLeftOver(kubectl, gone) };
    },
    plan: (observed) => planDeploy(applying.plan(observed), observed, observed.live, named),
    apply: async (changes, observed, run) => {
      await applying.apply(changes, observed, run);
      await prune(kubectl, changes, run);
    },
  };
}
