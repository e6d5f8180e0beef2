import type { Context } from '../context.ts';
import type { Step } from '../frame/step.ts';
import { NotYet } from '../frame/wait.ts';
import { makeChanges } from './apply.ts';
import type { CloudChange } from './change.ts';
import { findFirewall, type ObservedCloud } from './observed.ts';
import { join, planFirewall } from './plan-shared.ts';
import { wantedCloud } from './wanted.ts';

/** The step `outer`: the rules of the firewall at Hetzner alone. Servers are left to the step `servers`. */
export function outerWallStep(context: Context): Step<ObservedCloud, CloudChange> {
  const wanted = () => wantedCloud(context.cluster(), context.operator().publicKey);
  return {
    name: 'outer',
    title: 'outer firewall at Hetzner',
    observe: async () => {
      const observed = await context.cloud.take();
      if (findFirewall(observed, wanted())) return observed;
      throw new NotYet(
        'Hetzner has no firewall of this deployment yet. zx bootstrap/provision.mjs makes it.',
      );
    },
    plan: (observed) => join(planFirewall(observed, wanted())),
    apply: (changes, observed, run) => makeChanges(context.hcloud(), wanted(), changes, observed, run),
  };
}
