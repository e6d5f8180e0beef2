import { amount } from '../../../config/quantity.ts';
import { identity } from '../../../synth/compare.ts';
import type { Manifest } from '../../../synth/render.ts';
import { allPods, ofKind, one, type Pods } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';
import { countOf, KEYS, ofPod, total } from '../sizes.ts';

/** What the API server itself refuses in a namespace. */

export const quotaInvariants: readonly Invariant[] = [
  {
    name: 'quota-covers-a-rollout',
    why: 'A quota that a rollout of everything exceeds stops that rollout halfway, with an event that nobody reads.',
    controls: ['P-12'],
    check: (objects, { nodes }) =>
      namespaces(objects).flatMap((namespace) => {
        const quota = ofKind(objects, 'ResourceQuota').find(
          ({ metadata }) => metadata.namespace === namespace,
        );
        if (!quota) return [`${namespace} has no ResourceQuota`];
        const pods = allPods(objects).filter((p) => p.namespace === namespace);
        const count = pods.reduce((sum, p) => sum + countOf(p, nodes.length), 0);
        const needed = { pods: count, ...sums(pods, nodes.length) };
        return Object.entries(needed)
          .filter(([key, value]) => !(value <= amount(quota.spec.hard[key]) + 1e-9))
          .map(
            ([key, value]) =>
              `${identity(quota)}: ${key} is ${quota.spec.hard[key]}, a rollout needs ${value}`,
          );
      }),
    breaks: [
      broken((objects) => Object.assign(one(objects, 'ResourceQuota', 'quota').spec.hard, { pods: '6' })),
      broken((objects) =>
        Object.assign(one(objects, 'ResourceQuota', 'quota').spec.hard, { 'limits.cpu': '6' }),
      ),
      broken((objects) => objects.splice(objects.indexOf(one(objects, 'ResourceQuota', 'quota')), 1)),
    ],
  },
  {
    name: 'quota-forbids-side-doors',
    why: 'UFW does not guard NodePort and LoadBalancer Services; the API server itself has to refuse them.',
    controls: ['P-12', 'N-9'],
    check: (objects) =>
      namespaces(objects).flatMap((namespace) => {
        const quota = ofKind(objects, 'ResourceQuota').find(
          ({ metadata }) => metadata.namespace === namespace,
        );
        return ['services.nodeports', 'services.loadbalancers']
          .filter((key) => quota?.spec.hard[key] !== '0')
          .map((key) => `${namespace}: ${key} is not 0`);
      }),
    breaks: [
      broken((objects) => {
        delete one(objects, 'ResourceQuota', 'quota').spec.hard['services.nodeports'];
      }),
    ],
  },
  {
    name: 'limit-range-without-defaults',
    why: 'A range that a pod exceeds refuses it, and one with defaults hides a container that forgot its limits.',
    controls: ['P-12'],
    check: (objects) =>
      namespaces(objects).flatMap((namespace) => {
        const limits = ofKind(objects, 'LimitRange')
          .filter(({ metadata }) => metadata.namespace === namespace)
          .flatMap(({ spec }) => spec.limits);
        const max = limits.find(({ type }) => type === 'Pod')?.max;
        const pods = allPods(objects).filter((p) => p.namespace === namespace);
        return [
          ...limits
            .filter((limit) => limit.default)
            .map(() => `${namespace}: a LimitRange gives default limits`),
          ...pods.flatMap((p) =>
            KEYS.filter((key) => !(ofPod(p, 'limits', key) <= amount(max?.[key]))).map(
              (key) => `${p.id} exceeds the LimitRange in ${key}`,
            ),
          ),
        ];
      }),
    breaks: [
      broken((objects) => {
        const { limits } = one(objects, 'LimitRange', 'limit-range').spec;
        Object.assign(limits[0] ?? {}, { type: 'Container', default: { cpu: '1' } });
      }),
      broken((objects) =>
        Object.assign(one(objects, 'LimitRange', 'limit-range').spec.limits[0]?.max ?? {}, {
          memory: '64Mi',
        }),
      ),
    ],
  },
];

function sums(pods: Pods[], nodes: number): Record<string, number> {
  const keys = (['requests', 'limits'] as const).flatMap((side) =>
    (['cpu', 'memory'] as const).map((key) => [side, key] as const),
  );
  return Object.fromEntries(keys.map(([side, key]) => [`${side}.${key}`, total(pods, side, key, nodes)]));
}

const namespaces = (objects: readonly Manifest[]): string[] => [
  ...new Set(allPods(objects).map(({ namespace }) => namespace)),
];
