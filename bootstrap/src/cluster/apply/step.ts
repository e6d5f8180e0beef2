import type { Context } from '../../context.ts';
import type { Run, Step } from '../../frame/step.ts';
import { type DistFile, readDist, workloadsIn } from '../dist.ts';
import type { Kubectl } from '../kubectl.ts';
import { applyObjects, managers } from '../kubectl-calls.ts';
import { objectName } from '../object.ts';
import { watchRollouts } from '../rollout/watch.ts';
import { commitOf } from './commit.ts';
import { hideValues } from './hide-values.ts';
import { type ObservedDist, observeDist } from './observe.ts';
import { type ApplyChange, planApply, toWatch } from './plan.ts';
import { operator, writeDeploys } from './record.ts';
import { currentRevisions } from './revisions.ts';

/** The step `apply`: what dist/ says is in the cluster, and its pods run. */
export function applyStep(context: ApplyContext): Step<ObservedDist, ApplyChange> {
  const { kubectl, site, cluster } = context;
  const files = () => readDist(site.dist);
  return {
    name: 'apply',
    title: 'dist/ in the cluster',
    observe: () => observeDist(kubectl, cluster(), files()),
    plan: (observed) => planApply(observed, files()),
    apply: async (changes, observed, run) => {
      await hideValues(context);
      await record(kubectl, site.dist, changes, observed, run);
      await applyFiles(kubectl, files(), changes, run);
      await watchRollouts(kubectl, toWatch(changes), UNDO, run);
    },
  };
}

export type ApplyContext = Pick<Context, 'kubectl' | 'site' | 'cluster' | 'prodEnv' | 'say'>;

const UNDO =
  'Pods that were ready before go on serving. To take the rest back: zx bootstrap/deploy.mjs --undo';

/** File by file, so that what comes first is there before the next; only files in which something differs. */
async function applyFiles(
  kubectl: Kubectl,
  files: readonly DistFile[],
  changes: readonly ApplyChange[],
  { say, signal }: Run,
): Promise<void> {
  const due = changes.flatMap(({ task }) => (task.kind === 'apply' ? [task.distFile] : []));
  for (const { name, text } of files.filter((file) => due.includes(file.name))) {
    signal.throwIfAborted();
    say(`applying ${name}`);
    await kubectl.must(applyObjects(text, managers.apply));
  }
}

async function record(
  kubectl: Kubectl,
  folder: string,
  changes: readonly ApplyChange[],
  { live, deploys }: ObservedDist,
  { clock }: Run,
): Promise<void> {
  const objects = changes.flatMap(({ task, what }) => (task.kind === 'await' ? [] : [what]));
  if (objects.length === 0) return;
  const changed = workloadsIn(live).filter((workload) => objects.includes(objectName(workload)));
  const [revisions, commit] = await Promise.all([currentRevisions(kubectl, changed), commitOf(folder)]);
  const deploy = {
    at: new Date(clock.now()).toISOString(),
    by: operator(),
    ...(commit && { commit }),
    objects,
    revisions,
  };
  await kubectl.must(writeDeploys([deploy, ...deploys]));
}
