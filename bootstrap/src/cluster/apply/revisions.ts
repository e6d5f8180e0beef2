import type { Kubectl } from '../kubectl.ts';
import { objectsIn } from '../kubectl-calls.ts';
import { type KubeObject, objectName } from '../object.ts';

/** The revision of each workload now, by the number that `kubectl rollout undo --to-revision` takes. */
export async function currentRevisions(
  kubectl: Kubectl,
  workloads: readonly KubeObject[],
): Promise<Record<string, number>> {
  if (workloads.length === 0) return {};
  const words = ['get', 'controllerrevisions', '-A', '-o', 'json'];
  const revisions = objectsIn(await kubectl.must({ words }));
  return Object.fromEntries(
    workloads.flatMap((workload) => {
      const revision = revisionOf(workload, revisions);
      return revision === undefined ? [] : [[objectName(workload), revision]];
    }),
  );
}

/** A Deployment carries its own; for the others the newest of their ControllerRevisions is in force. */
function revisionOf(workload: KubeObject, revisions: readonly KubeObject[]): number | undefined {
  const { annotations = {}, uid } = workload.metadata;
  const own = annotations['deployment.kubernetes.io/revision'];
  if (own !== undefined) return Number(own);
  const numbers = revisions
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
    .map(({ revision }) => revision as number);
  return numbers.length > 0 ? Math.max(...numbers) : undefined;
}
