import type { Change, Plan, Step } from '../../frame/step.ts';
import { workloadsIn } from '../dist.ts';
import type { Kubectl, KubectlCall } from '../kubectl.ts';
import { getObjects, objectsIn, slashed } from '../kubectl-calls.ts';
import { type KubeObject, objectName } from '../object.ts';
import { ROLLOUT_OBJECTS, type Rollout, rolloutsOf } from '../rollout/look.ts';
import { watchRollouts } from '../rollout/watch.ts';
import { hideValues } from './hide-values.ts';
import { type Deploy, deploysIn, RECORD } from './record.ts';
import type { ApplyContext } from './step.ts';

export interface UndoChange extends Change {
  readonly workload: KubeObject;
  readonly revision: number;
}

interface ObservedDeploy {
  readonly last: Deploy | undefined;
  readonly rollouts: readonly Rollout[];
}

/** The step of `deploy --undo`: workloads that the last deployment changed and that did not come up go back to what they were. */
export function undoStep(context: ApplyContext): Step<ObservedDeploy, UndoChange> {
  const { kubectl } = context;
  return {
    name: 'undo',
    title: 'failed rollouts of the last deployment',
    observe: async () => {
      const [last] = deploysIn(objectsIn(await kubectl.must(getObjects([RECORD]))));
      return { last, rollouts: await changedBy(kubectl, last) };
    },
    plan: planUndo,
    apply: async (changes, _, run) => {
      await hideValues(context);
      for (const { workload, revision } of changes) {
        run.signal.throwIfAborted();
        await kubectl.must(rollBack(workload, revision));
      }
      await watchRollouts(
        kubectl,
        changes.map(({ workload }) => workload),
        'The version before does not come up either: see what else has changed, such as prod.env.',
        run,
      );
    },
  };
}

async function changedBy(kubectl: Kubectl, last: Deploy | undefined): Promise<Rollout[]> {
  if (!last) return [];
  const objects = objectsIn(await kubectl.must(ROLLOUT_OBJECTS));
  const changed = workloadsIn(objects).filter((one) => last.objects.includes(objectName(one)));
  return rolloutsOf(objects, changed);
}

export function planUndo({ last, rollouts }: ObservedDeploy): Plan<UndoChange> {
  if (!last) {
    const problem = 'The cluster remembers no deployment. See kubectl rollout history for one workload.';
    return { changes: [], problems: [problem], notes: [] };
  }
  const failed = rollouts.filter(({ state }) => state !== 'complete');
  const wayBack = ({ workload }: Rollout) => last.revisions[objectName(workload)];
  return {
    changes: failed.flatMap((rollout) => {
      const revision = wayBack(rollout);
      return revision === undefined ? [] : [undo(rollout, revision)];
    }),
    problems: [],
    notes: [
      `The last deployment: ${last.at} by ${last.by}${last.commit ? `, commit ${last.commit.id.slice(0, 12)}` : ''}.`,
      ...failed.filter((rollout) => wayBack(rollout) === undefined).map(isNew),
      ...remarks(failed.length > 0),
    ],
  };
}

function undo({ workload, text }: Rollout, revision: number): UndoChange {
  const detail = `back to revision ${revision}; now ${text}`;
  return { action: 'change', where: 'cluster', what: objectName(workload), detail, workload, revision };
}

const isNew = ({ workload }: Rollout) =>
  `${objectName(workload)} was made by that deployment: there is nothing to go back to.`;

function remarks(hasFailed: boolean): string[] {
  if (!hasFailed) {
    return [
      'All that it changed is up. To go back all the same: git revert, npm run synth, zx bootstrap/deploy.mjs.',
    ];
  }
  return [
    'Only pods go back: configuration, policies and secrets stay as they are now.',
    'dist/ still says what failed: git revert and npm run synth before the next deployment.',
  ];
}

function rollBack(workload: KubeObject, revision: number): KubectlCall {
  const where = ['-n', workload.metadata.namespace ?? 'default'];
  return { words: ['rollout', 'undo', slashed(workload), ...where, `--to-revision=${revision}`] };
}
