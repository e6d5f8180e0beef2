import { prunePlan } from '../../../../review/prune.ts';
import type { Located } from '../../../../review/state/manifests.ts';
import type { Run } from '../../frame/step.ts';
import type { Kubectl, KubectlCall } from '../kubectl.ts';
import { getObjects, managers, objectsIn } from '../kubectl-calls.ts';
import { type KubeObject, objectName, refOf } from '../object.ts';
import type { ApplyChange } from './plan.ts';

/** What is in the cluster of the things that dist/ says no longer. */
export interface LeftOver {
  readonly objects: readonly KubeObject[];
  /** Why that cannot be seen, in kubectl's words. */
  readonly trouble?: string;
}

/** Looks only when there is something to look for. @throws NoApiError */
export async function lookForLeftOver(kubectl: Kubectl, gone: readonly Located[]): Promise<LeftOver> {
  if (gone.length === 0) return { objects: [] };
  const { exitCode, stdout, stderr } = await kubectl.run(getObjects(gone.map(({ object }) => refOf(object))));
  // A kind that the API server does not know any more has no objects either, but it stops no deployment.
  return exitCode === 0 ? { objects: objectsIn(stdout) } : { objects: [], trouble: stderr.trim() };
}

export interface Prune {
  /** In the order in which they are deleted. */
  readonly changes: readonly ApplyChange[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/**
 * What is deleted: only what a remembered deployment applied, what dist/ says no longer, what is in the cluster and
 * still ours there.
 * @param live what dist/ says and the cluster has
 * @param named objects that are to be deleted although that loses something
 */
export function planPrune(
  gone: readonly Located[],
  { objects, trouble }: LeftOver,
  live: readonly KubeObject[],
  named: readonly string[],
): Prune {
  const there = objects.filter((object) => !isOneOf(object, live));
  const isOfThem = (id: string, list: readonly KubeObject[]) => list.some((one) => objectName(one) === id);
  const ours = there.filter(isApplied);
  const { deletions, kept } = prunePlan(
    gone.filter(({ id }) => isOfThem(id, ours)),
    named,
  );
  const known = gone.map(({ id }) => id);
  return {
    changes: deletions.flatMap((id) => ours.filter((one) => objectName(one) === id).map(deletion)),
    problems: named.filter((id) => !known.includes(id)).map((id) => unknown(id, known)),
    notes: [
      ...kept.map(
        ({ object, why }) => `${object} is not in dist/ any more, and stays: ${why}. ${option(object)}`,
      ),
      ...there
        .filter((one) => !ours.includes(one))
        .map((one) => `${objectName(one)} is not in dist/ any more, and stays: others have made it theirs.`),
      ...(trouble === undefined
        ? []
        : [`What earlier deployments left cannot be seen, and nothing is deleted: ${trouble}`]),
    ],
  };
}

/** Under the name of another API group, it is one that dist/ still says. */
function isOneOf({ metadata: { uid } }: KubeObject, live: readonly KubeObject[]): boolean {
  return uid !== undefined && live.some(({ metadata }) => metadata.uid === uid);
}

function isApplied({ metadata: { managedFields = [] } }: KubeObject): boolean {
  return managedFields.some(({ manager, operation }) => manager === managers.apply && operation === 'Apply');
}

function deletion(object: KubeObject): ApplyChange {
  return {
    action: 'remove',
    where: 'cluster',
    what: objectName(object),
    detail: 'not in dist/ any more',
    task: { kind: 'delete', object: refOf(object) },
  };
}

const option = (object: string) => `To delete it: --delete '${object}'`;

function unknown(id: string, known: readonly string[]): string {
  const others = known.length === 0 ? 'There is none.' : `These are: ${known.join(', ')}.`;
  return `--delete '${id}': that is nothing that an earlier deployment applied and dist/ says no longer. ${others}`;
}

/** One after the other: each is gone, with its pods, before what it stood on goes. */
export async function prune(
  kubectl: Kubectl,
  changes: readonly ApplyChange[],
  { say, signal }: Run,
): Promise<void> {
  for (const { task, what } of changes) {
    if (task.kind !== 'delete') continue;
    signal.throwIfAborted();
    say(`deleting ${what}`);
    await kubectl.must(deleteObject(task.object));
  }
}

/** Seconds; pods may take as long to finish what they serve. */
const PATIENCE = 180;

function deleteObject(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): KubectlCall {
  const words = ['delete', '-f', '-', '--ignore-not-found', '--cascade=foreground', `--timeout=${PATIENCE}s`];
  return { words, input: JSON.stringify(object), deadline: (PATIENCE + 20) * 1000 };
}
