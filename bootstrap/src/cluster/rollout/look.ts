import type { KubectlCall } from '../kubectl.ts';
import { type KubeObject, type ObjectRef, objectName } from '../object.ts';
import { badPods, podReasons } from './pod.ts';
import { nodesDown, type RolloutState, rolloutState } from './state.ts';

export interface Rollout extends RolloutState {
  readonly workload: KubeObject;
  /** Why its newest pod that is not ready is not; undefined when nothing tells. */
  readonly reason?: string;
}

/** Everything that tells how far rollouts are, in one call. */
export const ROLLOUT_OBJECTS: KubectlCall = {
  words: ['get', 'nodes,pods,deployments,statefulsets,daemonsets', '-A', '-o', 'json'],
};

/** @returns the workloads asked for that exist */
export function rolloutsOf(objects: readonly KubeObject[], workloads: readonly ObjectRef[]): Rollout[] {
  const names = workloads.map(objectName);
  const down = nodesDown(objects.filter(({ kind }) => kind === 'Node')).length;
  return objects
    .filter((object) => names.includes(objectName(object)))
    .map((workload) => {
      const [reason] = badPods(workload, objects).flatMap((pod) => podReasons(pod, []));
      return { workload, ...rolloutState(workload, down), ...(reason !== undefined && { reason }) };
    });
}
