import type { Kubectl } from '../kubectl.ts';
import { objectsIn } from '../kubectl-calls.ts';
import { type KubeObject, type ObjectRef, objectName } from '../object.ts';
import { nodesDown, type RolloutState, rolloutState } from './state.ts';

export interface Rollout extends RolloutState {
  readonly workload: KubeObject;
}

/** Looks at all workloads and nodes in one call. @returns those asked for that exist */
export async function lookAtRollouts(kubectl: Kubectl, workloads: readonly ObjectRef[]): Promise<Rollout[]> {
  const words = ['get', 'nodes,deployments,statefulsets,daemonsets', '-A', '-o', 'json'];
  return rolloutsOf(objectsIn(await kubectl.must({ words })), workloads);
}

/** The same, of objects that are there already. */
export function rolloutsOf(objects: readonly KubeObject[], workloads: readonly ObjectRef[]): Rollout[] {
  const names = workloads.map(objectName);
  const down = nodesDown(objects.filter(({ kind }) => kind === 'Node')).length;
  return objects
    .filter((object) => names.includes(objectName(object)))
    .map((workload) => ({ workload, ...rolloutState(workload, down) }));
}
