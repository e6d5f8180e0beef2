import type { Controller, ObjectOf } from '../../../review/objects/kinds.ts';
import { identity } from '../../../synth/compare.ts';
import type { Manifest } from '../../../synth/render.ts';
import { allPods, containerOf, controllerOf, controllers, matches, ofKind, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** How pods are replaced, and how they leave. */

/** Deployments that Services send requests to. */
export function served(objects: readonly Manifest[]): ObjectOf<'Deployment'>[] {
  const services = ofKind(objects, 'Service');
  return ofKind(objects, 'Deployment').filter(({ metadata, spec }) =>
    services.some(
      (service) =>
        service.metadata.namespace === metadata.namespace &&
        matches({ matchLabels: service.spec.selector }, spec.template.metadata?.labels ?? {}),
    ),
  );
}

/** Seconds that a process may take to end what is under way. The applications' own is 45 s (controls Q-2, Z-3). */
const SHUTDOWN: Readonly<Record<string, number>> = { vmagent: 20 };
const APPLICATION_SHUTDOWN = 45;
const SPARE = 5;

const strategyOf = ({ spec }: Controller) => spec.strategy ?? spec.updateStrategy;
const at = (list: readonly Controller[], bad: (object: Controller) => boolean, text: string) =>
  list.filter(bad).map((object) => `${identity(object)} ${text}`);

export const rolloutInvariants: readonly Invariant[] = [
  {
    name: 'strategy-explicit',
    why: 'Left out, the API server fills in a strategy, and every later client-side apply patches the object again.',
    controls: ['Z-1', 'T-2'],
    check: (objects) => at(controllers(objects), (object) => !strategyOf(object)?.type, 'names no strategy'),
    breaks: [
      broken((objects) => {
        delete controllerOf(objects, 'api').spec.strategy;
      }),
      broken((objects) => {
        delete controllerOf(objects, 'redis').spec.updateStrategy;
      }),
    ],
  },
  {
    name: 'new-pods-before-old-ones-leave',
    why: 'Kubernetes’ own 25 % takes a pod away before its successor serves.',
    controls: ['Z-1'],
    check: (objects) =>
      at(
        served(objects),
        (object) => {
          const { type, rollingUpdate } = strategyOf(object) ?? {};
          return (
            type !== 'RollingUpdate' || rollingUpdate?.maxSurge !== 1 || rollingUpdate.maxUnavailable !== 0
          );
        },
        'does not roll with maxSurge 1 and maxUnavailable 0',
      ),
    breaks: [
      broken((objects) =>
        Object.assign(controllerOf(objects, 'api').spec, { strategy: { type: 'Recreate' } }),
      ),
      broken((objects) =>
        Object.assign(controllerOf(objects, 'admin').spec.strategy?.rollingUpdate ?? {}, {
          maxUnavailable: 1,
        }),
      ),
    ],
  },
  {
    name: 'api-on-two-nodes-at-least',
    why: 'One replica is gone with its node.',
    controls: ['Z-1'],
    check: (objects) =>
      (controllerOf(objects, 'api').spec.replicas ?? 1) >= 2 ? [] : ['api has one replica'],
    breaks: [broken((objects) => Object.assign(controllerOf(objects, 'api').spec, { replicas: 1 }))],
  },
  {
    name: 'replicas-explicit',
    why: 'Linters and people read `replicas`; left out it is 1, which nobody decided.',
    controls: ['Z-1', 'R-4'],
    check: (objects) =>
      at(
        controllers(objects),
        ({ kind, spec }) => kind !== 'DaemonSet' && !spec.replicas,
        'does not say its replicas',
      ),
    breaks: [
      broken((objects) => {
        delete controllerOf(objects, 'redis').spec.replicas;
      }),
    ],
  },
  {
    name: 'rollout-stops-at-a-bad-pod',
    why: 'A pod that answers once and dies must not let the rollout go on, and one that never starts must end it with an error.',
    controls: ['Z-1', 'T-2'],
    check: (objects) => [
      ...at(
        controllers(objects),
        (object) =>
          object.kind !== 'StatefulSet' &&
          strategyOf(object)?.type === 'RollingUpdate' &&
          !((object.spec.minReadySeconds ?? 0) >= 10),
        'calls a pod good after less than 10 s',
      ),
      ...at(
        ofKind(objects, 'Deployment'),
        ({ spec }) => spec.progressDeadlineSeconds !== 300,
        'gives up after another time than 300 s',
      ),
      ...at(
        controllers(objects),
        ({ spec }) => spec.revisionHistoryLimit !== 5,
        'does not keep 5 revisions to go back to',
      ),
    ],
    breaks: [
      broken((objects) => {
        delete controllerOf(objects, 'api').spec.minReadySeconds;
      }),
      broken((objects) => Object.assign(controllerOf(objects, 'traefik').spec, { minReadySeconds: 0 })),
      broken((objects) =>
        Object.assign(controllerOf(objects, 'worker').spec, { progressDeadlineSeconds: 600 }),
      ),
      broken((objects) => {
        delete controllerOf(objects, 'redis').spec.revisionHistoryLimit;
      }),
    ],
  },
  {
    name: 'singletons',
    why: 'Two workers run every periodic job twice (it happened), two vmagents send every sample twice, two Redis share one disk.',
    controls: ['Q-1', 'V-1', 'R-4'],
    check: (objects) =>
      ['worker', 'vmagent', 'redis'].flatMap((name) => {
        const object = controllerOf(objects, name);
        const overlaps = object.kind === 'Deployment' && strategyOf(object)?.type !== 'Recreate';
        return overlaps || object.spec.replicas !== 1 ? [`there can be two of ${name}`] : [];
      }),
    breaks: [
      broken((objects) => Object.assign(controllerOf(objects, 'worker').spec, { replicas: 2 })),
      broken((objects) =>
        Object.assign(controllerOf(objects, 'worker').spec, { strategy: { type: 'RollingUpdate' } }),
      ),
    ],
  },
  {
    name: 'host-ports-roll-without-surge',
    why: 'Two pods cannot share a port of the host: a surge pod waits for ever.',
    controls: ['T-2'],
    check: (objects) =>
      at(
        controllers(objects),
        (object) => {
          const { maxSurge, maxUnavailable } = strategyOf(object)?.rollingUpdate ?? {};
          return object.spec.template.spec.hostNetwork === true && !(maxSurge === 0 && maxUnavailable === 1);
        },
        'is on the host network and does not roll with maxSurge 0 and maxUnavailable 1',
      ),
    breaks: [
      broken((objects) =>
        Object.assign(controllerOf(objects, 'traefik').spec.updateStrategy?.rollingUpdate ?? {}, {
          maxSurge: 1,
        }),
      ),
    ],
  },
  {
    name: 'leaves-after-the-last-request',
    why: 'Traefik and kube-proxy go on sending for a moment after a pod is told to stop: those requests were lost.',
    controls: ['Z-2'],
    check: (objects) =>
      served(objects).flatMap((object) =>
        object.spec.template.spec.containers
          .filter(({ lifecycle }) => !((lifecycle?.preStop?.sleep?.seconds ?? 0) >= 5))
          .map(({ name }) => `${identity(object)}, container ${name} does not sleep 5 s before it stops`),
      ),
    breaks: [
      broken((objects) => {
        delete containerOf(objects, 'api').lifecycle;
      }),
      broken((objects) =>
        Object.assign(containerOf(objects, 'admin').lifecycle ?? {}, { preStop: { sleep: { seconds: 1 } } }),
      ),
    ],
  },
  {
    name: 'grace-period-covers-shutdown',
    why: 'The countdown includes preStop; when it ends, what is under way is killed.',
    controls: ['Z-3', 'Q-2', 'R-6'],
    check: (objects) =>
      allPods(objects).flatMap(({ id, owner, template: { spec } }) => {
        const shutdown = SHUTDOWN[owner.metadata.name] ?? APPLICATION_SHUTDOWN;
        const sleep = Math.max(...spec.containers.map((c) => c.lifecycle?.preStop?.sleep?.seconds ?? 0));
        const grace = spec.terminationGracePeriodSeconds ?? 30;
        const needed = sleep + shutdown + SPARE;
        return grace >= needed ? [] : [`${id}: ${grace} s to leave, ${needed} s needed`];
      }),
    breaks: [
      broken((objects) => {
        delete podOf(objects, 'worker').spec.terminationGracePeriodSeconds;
      }),
      broken((objects) =>
        Object.assign(containerOf(objects, 'api'), { lifecycle: { preStop: { sleep: { seconds: 20 } } } }),
      ),
    ],
  },
];
