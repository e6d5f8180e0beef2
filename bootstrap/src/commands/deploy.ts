import { deployStep } from '../cluster/apply/deploy-step.ts';
import { undoStep } from '../cluster/apply/undo.ts';
import { type Context, makeContext } from '../context.ts';
import { type Command, type Flags, FlagsError } from '../frame/flags.ts';
import { main } from '../frame/main.ts';
import type { Step } from '../frame/step.ts';
import { demandReviewedManifests } from '../synth.ts';

export const command: Command = {
  usage: 'zx bootstrap/deploy.mjs',
  purpose: `Applies dist/ to the cluster, and waits until all pods are what it says and ready; then it deletes what dist/ says
no longer. First it shows what that comes to since the last deployment, and what would change, as the API server itself
tells. It asks when something is interrupted or worse, is deleted, or was changed in the cluster by others. Old pods
serve until new ones are ready.`,
  steps: [],
  own: { undo: 'take back what the last deployment changed and what did not come up; nothing else' },
  named: {
    option: 'delete',
    value: "'KIND NAMESPACE/NAME'",
    does: 'delete this one too: a volume, a Secret or a namespace that dist/ says no longer stays otherwise',
  },
  examples: [
    ['--dry-run', 'show what would change'],
    ['', 'a new image: its tag in cluster.yaml, npm run synth, commit, then this'],
    ["--delete 'Secret honeydue/old'", 'what it keeps unless told: its last run names what that is'],
    ['--undo', 'the new version does not start: pods go back to what they were'],
  ],
};

/** @throws SynthError when dist/ is not what cluster.yaml renders */
async function deploySteps(context: Context, { own, named }: Flags): Promise<Step[]> {
  if (own.includes('undo')) {
    if (named.length > 0) throw new FlagsError('--undo deletes nothing: leave out --delete.');
    return [undoStep(context)];
  }
  await demandReviewedManifests(context.site);
  return [deployStep(context, named)];
}

/** @returns the exit code */
export function deploy(args: readonly string[]): Promise<number> {
  return main(command, args, (setup) => deploySteps(makeContext(setup), setup.flags));
}
