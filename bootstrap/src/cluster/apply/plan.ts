import type { Change, Plan } from '../../frame/step.ts';
import { type DistFile, workloadsIn } from '../dist.ts';
import { managers } from '../kubectl-calls.ts';
import { type KubeObject, LAST_APPLIED, type ObjectRef, objectName } from '../object.ts';
import type { Rollout } from '../rollout/look.ts';
import { asText, differences } from './compare.ts';
import type { ObservedDist } from './observe.ts';

export interface ApplyChange extends Change {
  readonly task: ApplyTask;
}

export type ApplyTask =
  | { readonly kind: 'apply'; readonly distFile: string; readonly object: KubeObject }
  | { readonly kind: 'await'; readonly workload: ObjectRef }
  | { readonly kind: 'delete'; readonly object: ObjectRef };

/** What applying dist/ would change in the cluster, and which rollouts of earlier changes have not ended. */
export function planApply(observed: ObservedDist, files: readonly DistFile[]): Plan<ApplyChange> {
  const { live, applied, refusals, rollouts } = observed;
  const applying =
    refusals.length > 0
      ? []
      : files.flatMap(({ name, objects }) =>
          objects.flatMap((object) => {
            const change = compareObject(object, find(object, live), find(object, applied));
            return change ? [{ ...change, task: { kind: 'apply', distFile: name, object } as const }] : [];
          }),
        );
  const touched = applying.map(({ what }) => what);
  const waiting = rollouts.filter(
    ({ state, workload }) => state !== 'complete' && !touched.includes(objectName(workload)),
  );
  return {
    changes: [...applying, ...waiting.map(awaited)],
    problems: refusals.map(
      (text) =>
        `The API server refuses what dist/ says: ${text}\nCorrect cluster.yaml or charts/, then npm run synth.`,
    ),
    notes: applying.flatMap(({ what, task }) => editedByHand(what, find(task.object, live))),
  };
}

const find = (wanted: ObjectRef, objects: readonly KubeObject[]) =>
  objects.find((object) => objectName(object) === objectName(wanted));

/** As many places are named; the diff shows all. */
const MOST_PLACES = 3;

function compareObject(
  wanted: KubeObject,
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): Change | undefined {
  const row = { where: 'cluster', what: objectName(wanted) };
  if (!before || !after) return { action: 'create', ...row };
  const places = differences(before, after);
  if (places.length > 0) {
    const more = places.length > MOST_PLACES ? `, and ${places.length - MOST_PLACES} more` : '';
    const detail = `${places.slice(0, MOST_PLACES).join(', ')}${more}`;
    return { action: 'change', ...row, detail, file: { before: asText(before), after: asText(after) } };
  }
  if (isOurs(before)) return undefined;
  return { action: 'change', ...row, detail: 'the same; from now on its fields belong to dist/' };
}

/** What was applied client-side keeps fields that dist/ drops, until it is applied once as ours. */
function isOurs({ metadata }: KubeObject): boolean {
  const { managedFields = [], annotations = {} } = metadata;
  return (
    annotations[LAST_APPLIED] === undefined &&
    managedFields.some(({ manager, operation }) => manager === managers.apply && operation === 'Apply')
  );
}

function awaited({ workload, text }: Rollout): ApplyChange {
  const { apiVersion, kind, metadata } = workload;
  return {
    action: 'start',
    where: 'cluster',
    what: objectName(workload),
    detail: `waits for its pods: ${text}`,
    task: { kind: 'await', workload: { apiVersion, kind, metadata } },
  };
}

/** kubectl's other commands, by which people change objects in an emergency, and forget. */
function editedByHand(what: string, live: KubeObject | undefined): string[] {
  const edits = (live?.metadata.managedFields ?? []).filter(
    ({ manager, operation, subresource }) =>
      operation === 'Update' &&
      (subresource === undefined || subresource === 'scale') &&
      /^kubectl(?!-client-side-apply|-rollout)/.test(manager),
  );
  const [last] = [...edits].sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''));
  return last ? [`${what} was changed by hand (${last.manager}, ${last.time}); dist/ takes precedence.`] : [];
}

/** The workloads whose pods have to be waited for. */
export function toWatch(changes: readonly ApplyChange[]): ObjectRef[] {
  return changes.flatMap(({ task }) => {
    if (task.kind === 'await') return [task.workload];
    return task.kind === 'apply' ? workloadsIn([task.object]) : [];
  });
}
