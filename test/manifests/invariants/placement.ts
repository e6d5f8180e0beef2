import type { Controller, Toleration } from '../../../review/objects/kinds.ts';
import { identity } from '../../../synth/compare.ts';
import type { Manifest } from '../../../synth/render.ts';
import { controllerOf, controllers, matches, ofKind, one, podOf, selected } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';
import { served } from './rollout.ts';

/** Where pods run, and what happens when a node is drained or dies. */

const HOST = 'kubernetes.io/hostname';
const DEAD = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** The pods that can be several, and so can share a node. */
const spreadable = (objects: readonly Manifest[]): Controller[] =>
  controllers(objects).filter(
    ({ kind, spec }) => kind !== 'DaemonSet' && ((spec.replicas ?? 1) > 1 || spec.strategy?.rollingUpdate),
  );

const budgetsOf = (objects: readonly Manifest[], { metadata, spec }: Controller) =>
  ofKind(objects, 'PodDisruptionBudget').filter(
    (budget) =>
      budget.metadata.namespace === metadata.namespace &&
      matches(budget.spec.selector, spec.template.metadata?.labels ?? {}),
  );

function deadNodeTolerations(object: Controller): Toleration[] {
  return (object.spec.template.spec.tolerations ?? []).filter(({ key }) => DEAD.includes(key ?? ''));
}

export const placementInvariants: readonly Invariant[] = [
  {
    name: 'spread-over-nodes',
    why: 'All replicas on one node are one node’s failure away from an outage; a hard rule would deadlock a rollout.',
    controls: ['Z-6'],
    check: (objects) =>
      spreadable(objects).flatMap((object) => {
        const { topologySpreadConstraints = [], affinity } = object.spec.template.spec;
        const labels = object.spec.template.metadata?.labels ?? {};
        const spread = topologySpreadConstraints.some(
          (c) =>
            c.maxSkew === 1 &&
            c.topologyKey === HOST &&
            c.whenUnsatisfiable === 'ScheduleAnyway' &&
            c.matchLabelKeys?.includes('pod-template-hash') &&
            matches(c.labelSelector, labels),
        );
        const terms = affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
        const apart = terms.some(
          ({ podAffinityTerm: term }) => term.topologyKey === HOST && matches(term.labelSelector, labels),
        );
        const hard = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined;
        return [
          ...(spread ? [] : [`${identity(object)} is not spread over nodes`]),
          ...(apart ? [] : [`${identity(object)} does not prefer other nodes`]),
          ...(hard ? [`${identity(object)} refuses to share a node: a surge pod would wait for ever`] : []),
        ];
      }),
    breaks: [
      broken((objects) => {
        delete podOf(objects, 'api').spec.topologySpreadConstraints;
      }),
      broken((objects) => {
        delete podOf(objects, 'admin').spec.affinity;
      }),
      broken((objects) =>
        Object.assign(podOf(objects, 'api').spec.topologySpreadConstraints?.[0] ?? {}, {
          whenUnsatisfiable: 'DoNotSchedule',
        }),
      ),
      broken((objects) =>
        Object.assign(podOf(objects, 'api').spec.affinity?.podAntiAffinity ?? {}, {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOST }],
        }),
      ),
    ],
  },
  {
    name: 'moves-from-dead-nodes',
    why: 'Kubernetes waits 300 s before it starts the pods of a dead node elsewhere; without a disk there is nothing to wait for.',
    controls: ['Z-7'],
    check: (objects) =>
      ofKind(objects, 'Deployment').flatMap((object) => {
        const quick = deadNodeTolerations(object).filter(
          (t) => t.operator === 'Exists' && t.effect === 'NoExecute' && t.tolerationSeconds === 30,
        );
        return quick.length === DEAD.length ? [] : [`${identity(object)} does not move after 30 s`];
      }),
    breaks: [
      broken((objects) => {
        delete podOf(objects, 'worker').spec.tolerations;
      }),
      broken((objects) =>
        Object.assign(podOf(objects, 'api').spec.tolerations?.[0] ?? {}, { tolerationSeconds: 300 }),
      ),
    ],
  },
  {
    name: 'disks-wait-for-their-node',
    why: 'A pod whose volume is on the dead node can run nowhere else; evicted, it hangs in Terminating when the node returns.',
    controls: ['Z-7', 'R-4'],
    check: (objects) =>
      ofKind(objects, 'StatefulSet').flatMap((object) => {
        const tolerations = deadNodeTolerations(object);
        const forever = tolerations.every(({ tolerationSeconds }) => tolerationSeconds === undefined);
        return forever && tolerations.length === DEAD.length
          ? []
          : [`${identity(object)} leaves a dead node`];
      }),
    breaks: [
      broken((objects) =>
        Object.assign(podOf(objects, 'redis').spec.tolerations?.[0] ?? {}, { tolerationSeconds: 30 }),
      ),
      broken((objects) => {
        delete podOf(objects, 'redis').spec.tolerations;
      }),
    ],
  },
  {
    name: 'budget-for-what-is-served',
    why: 'Two nodes drained at once would take every replica.',
    controls: ['Z-5'],
    check: (objects) =>
      [...served(objects), controllerOf(objects, 'worker')]
        .filter((object) => budgetsOf(objects, object).length !== 1)
        .map(
          (object) =>
            `${identity(object)} has ${budgetsOf(objects, object).length} disruption budgets, not 1`,
        ),
    breaks: [
      broken((objects) => objects.splice(objects.indexOf(one(objects, 'PodDisruptionBudget', 'api')), 1)),
      broken((objects) =>
        Object.assign(one(objects, 'PodDisruptionBudget', 'admin').spec.selector, {
          matchLabels: { 'app.kubernetes.io/name': 'api' },
        }),
      ),
    ],
  },
  {
    name: 'budgets-let-nodes-drain',
    why: 'The worker’s `minAvailable: 1` with one replica made it impossible to drain a node; a broken pod must not hold one up either.',
    controls: ['Z-5'],
    check: (objects) =>
      ofKind(objects, 'PodDisruptionBudget').flatMap((budget) => {
        const { maxUnavailable, unhealthyPodEvictionPolicy, selector } = budget.spec;
        const disks = selected(objects, budget.metadata.namespace, selector).filter(
          ({ owner }) => owner.kind === 'StatefulSet',
        );
        return [
          ...(maxUnavailable === 1 ? [] : [`${identity(budget)}: maxUnavailable is not 1`]),
          ...(unhealthyPodEvictionPolicy === 'AlwaysAllow' ? [] : [`${identity(budget)} guards broken pods`]),
          ...disks.map(({ id }) => `${identity(budget)} holds ${id}, which is one pod`),
        ];
      }),
    breaks: [
      broken((objects) =>
        Object.assign(one(objects, 'PodDisruptionBudget', 'worker').spec, {
          maxUnavailable: undefined,
          minAvailable: 1,
        }),
      ),
      broken((objects) => {
        delete one(objects, 'PodDisruptionBudget', 'api').spec.unhealthyPodEvictionPolicy;
      }),
      broken((objects) =>
        Object.assign(one(objects, 'PodDisruptionBudget', 'api').spec.selector, {
          matchLabels: { 'app.kubernetes.io/name': 'redis' },
        }),
      ),
    ],
  },
];
