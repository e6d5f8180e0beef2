import type { Kubectl, KubectlCall } from '../kubectl.ts';
import type { KubeObject } from '../object.ts';
import { badPods } from './pod.ts';

/**
 * Removes pods of StatefulSets that are old and not ready. Kubernetes itself waits for such a pod to become ready before it
 * replaces it, for ever if the old description was the mistake (kubernetes/kubernetes#67250).
 * @returns their names
 */
export async function removeStuckPods(
  kubectl: Kubectl,
  workloads: readonly KubeObject[],
  objects: readonly KubeObject[],
): Promise<string[]> {
  const statefulSets = workloads.filter(({ kind }) => kind === 'StatefulSet');
  const stuck = statefulSets.flatMap((one) => stuckPods(one, objects));
  // One that is gone already was not in the way.
  for (const pod of stuck) await kubectl.run(deleteExactly(pod));
  return stuck.map(({ metadata }) => metadata.name);
}

export function stuckPods(statefulSet: KubeObject, objects: readonly KubeObject[]): KubeObject[] {
  const { updateRevision } = (statefulSet.status ?? {}) as { readonly updateRevision?: string };
  return badPods(statefulSet, objects).filter(
    ({ metadata }) =>
      metadata.labels?.['controller-revision-hash'] !== updateRevision &&
      metadata.deletionTimestamp === undefined,
  );
}

/** By its uid: the pod that takes its place has the same name. */
function deleteExactly({ metadata }: KubeObject): KubectlCall {
  const { namespace, name, uid } = metadata;
  const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
  return {
    words: ['delete', '--raw', `/api/v1/namespaces/${namespace}/pods/${name}`, '-f', '-'],
    input: JSON.stringify(options),
  };
}
