import { applyStep } from '../cluster/apply/step.ts';
import { undoStep } from '../cluster/apply/undo.ts';
import { type Context, makeContext } from '../context.ts';
import type { Command } from '../frame/flags.ts';
import { main } from '../frame/main.ts';
import type { Step } from '../frame/step.ts';
import { demandReviewedManifests } from '../synth.ts';

export const command: Command = {
  usage: 'zx bootstrap/deploy.mjs',
  purpose: `Applies dist/ to the cluster, and waits until all pods are what it says and ready. First it shows what would
change, as the API server itself tells, and asks. Old pods serve until new ones are ready.`,
  steps: [],
  own: { undo: 'take back what the last deployment changed and what did not come up; nothing else' },
  examples: [
    ['--dry-run', 'show what would change'],
    ['', 'a new image: its tag in cluster.yaml, npm run synth, commit, then this'],
    ['--undo', 'the new version does not start: pods go back to what they were'],
  ],
};

/** @throws SynthError when dist/ is not what cluster.yaml renders */
async function deploySteps(context: Context, own: readonly string[]): Promise<Step[]> {
  if (own.includes('undo')) return [undoStep(context)];
  await demandReviewedManifests(context.site);
  return [applyStep(context)];
}

/** @returns the exit code */
export function deploy(args: readonly string[]): Promise<number> {
  return main(command, args, (setup) => deploySteps(makeContext(setup), setup.flags.own));
}
