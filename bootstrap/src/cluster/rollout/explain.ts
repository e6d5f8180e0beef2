import type { Kubectl, KubectlCall } from '../kubectl.ts';
import { objectsIn } from '../kubectl-calls.ts';
import { type KubeObject, objectName } from '../object.ts';
import type { Rollout } from './look.ts';
import { badPods, containers, nodeOf, podReasons, warningsAbout } from './pod.ts';

/** Pods of a workload that are shown: the others fail alike. */
const MOST_PODS = 2;
const LOG_LINES = 15;

/** Why rollouts do not end: the pods that are not ready, their reasons, and the last lines of their logs. */
export async function explainFailure(kubectl: Kubectl, rollouts: readonly Rollout[]): Promise<string> {
  const words = ['get', 'pods,replicasets,events', '-A', '-o', 'json'];
  const objects = objectsIn(await kubectl.must({ words }));
  const parts = rollouts.map((rollout) => explainOne(kubectl, rollout, objects));
  return (await Promise.all(parts)).join('\n');
}

async function explainOne(
  kubectl: Kubectl,
  { workload, text }: Rollout,
  objects: readonly KubeObject[],
): Promise<string> {
  const pods = badPods(workload, objects).slice(0, MOST_PODS);
  const events = objects.filter(({ kind }) => kind === 'Event');
  const own = [workload, ...replicaSets(workload, objects)].flatMap((one) => warningsAbout(one, events));
  const described = await Promise.all(
    pods.map(async (pod) => [
      `  pod ${pod.metadata.name} on ${nodeOf(pod)}`,
      ...podReasons(pod, events).map((reason) => `    ${reason}`),
      ...(await lastLines(kubectl, pod)).map((line) => `    | ${line}`),
    ]),
  );
  return [
    `${objectName(workload)}: ${text}`,
    ...own.map((reason) => `  ${reason}`),
    ...described.flat(),
    `  See: kubectl -n ${workload.metadata.namespace} describe pods -l app.kubernetes.io/name=${workload.metadata.name}`,
  ].join('\n');
}

/** A pod that a quota or Pod Security refuses never exists; its ReplicaSet is told why. */
function replicaSets({ metadata }: KubeObject, objects: readonly KubeObject[]): KubeObject[] {
  return objects.filter(
    ({ kind, metadata: own }) =>
      kind === 'ReplicaSet' && own.ownerReferences?.some(({ uid }) => uid === metadata.uid),
  );
}

/** Of each container that has run: what it said last, before it was restarted if it was. */
async function lastLines(kubectl: Kubectl, pod: KubeObject): Promise<string[]> {
  const ran = containers(pod).filter(({ state, restartCount }) => !state?.waiting || restartCount > 0);
  const logs = await Promise.all(
    ran.map(({ name, state, restartCount }) =>
      kubectl.run(logsOf(pod, name, restartCount > 0 && state?.running === undefined)),
    ),
  );
  return logs.flatMap(({ exitCode, stdout }) => (exitCode === 0 ? stdout.trimEnd().split('\n') : []));
}

function logsOf({ metadata }: KubeObject, container: string, previous: boolean): KubectlCall {
  const where = ['-n', metadata.namespace ?? 'default', '-c', container];
  return {
    words: ['logs', metadata.name, ...where, `--tail=${LOG_LINES}`, ...(previous ? ['--previous'] : [])],
  };
}
