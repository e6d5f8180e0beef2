import { identity } from '../../../synth/compare.ts';
import type { Manifest } from '../../../synth/render.ts';
import { allContainers, allPods, containerOf, controllers, ofKind, one, type Pods, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';
import type { Amounts } from '../kinds.ts';
import { amount } from '../quantity.ts';

/** Sizes: every container has them, and together they fit. */

const KEYS = ['cpu', 'memory', 'ephemeral-storage'] as const;
type Key = (typeof KEYS)[number];

/**
 * What a cx33 (4 vCPU, 8 GB, 80 GB) has for pods of this project. Taken off: about 1 core and 2 GiB for the system,
 * k3s with etcd, CoreDNS, local-path and metrics-server; half of the disk for the system, images and Redis' volume.
 */
const NODE: Readonly<Record<Key, number>> = {
  cpu: 3,
  memory: 5.4 * 2 ** 30,
  'ephemeral-storage': 40 * 2 ** 30,
};

type Side = 'requests' | 'limits';

function ofPod({ template }: Pods, side: Side, key: Key): number {
  return template.spec.containers.reduce((sum, { resources }) => sum + amount(resources?.[side]?.[key]), 0);
}

/** How many pods of a template there are when `nodes` nodes run, in the middle of a rollout of everything. */
function countOf({ owner }: Pods, objects: readonly Manifest[], nodes: number): number {
  const controller = controllers(objects).find((object) => object === owner);
  if (!controller) return 1;
  if (controller.kind === 'DaemonSet') return nodes;
  const surge = controller.spec.strategy?.rollingUpdate?.maxSurge ?? 0;
  return (controller.spec.replicas ?? 1) + Number(surge);
}

function total(objects: readonly Manifest[], pods: Pods[], side: Side, key: Key, nodes: number): number {
  return pods.reduce((sum, p) => sum + countOf(p, objects, nodes) * ofPod(p, side, key), 0);
}

const times = (amounts: Amounts | undefined, key: Key, value: string) =>
  Object.assign(amounts ?? {}, { [key]: value });

export const capacityInvariants: readonly Invariant[] = [
  {
    name: 'resources-given',
    why: 'One leak must not take a node, and the scheduler counts only what is written.',
    controls: ['P-7'],
    check: (objects) =>
      allContainers(objects).flatMap(({ where, container: { resources } }) =>
        KEYS.filter((key) => !(amount(resources?.requests?.[key]) <= amount(resources?.limits?.[key]))).map(
          (key) => `${where}: ${key} needs a request, and a limit not below it`,
        ),
      ),
    breaks: [
      broken((objects) => {
        delete containerOf(objects, 'api').resources?.limits?.memory;
      }),
      broken((objects) => times(containerOf(objects, 'api').resources?.requests, 'cpu', '3')),
      broken((objects) => {
        const { containers } = podOf(objects, 'api').spec;
        Object.assign(podOf(objects, 'api').spec, {
          initContainers: [{ name: 'migrate', image: containers[0]?.image }],
        });
      }),
    ],
  },
  {
    name: 'fits-without-one-node',
    why: 'When a node is lost everything must find room on the others, also in the middle of a rollout.',
    controls: ['P-7'],
    check: (objects, cluster) => {
      const left = cluster.nodes.length - 1;
      return KEYS.flatMap((key) => {
        const needed = total(objects, allPods(objects), 'requests', key, left);
        return needed <= left * NODE[key]
          ? []
          : [`${key}: ${needed} requested, ${left * NODE[key]} on ${left} nodes`];
      });
    },
    breaks: [
      broken((objects) => times(containerOf(objects, 'api').resources?.requests, 'cpu', '1500m')),
      broken((objects) => times(containerOf(objects, 'traefik').resources?.requests, 'memory', '5Gi')),
      broken((objects) =>
        times(containerOf(objects, 'vmagent').resources?.requests, 'ephemeral-storage', '80Gi'),
      ),
    ],
  },
  {
    name: 'no-pod-larger-than-a-node',
    why: 'A sum that fits is no help to a pod that no single node can hold.',
    controls: ['P-7'],
    check: (objects) =>
      allPods(objects).flatMap((pods) =>
        KEYS.filter((key) => !(ofPod(pods, 'requests', key) <= NODE[key] / 2)).map(
          (key) => `${pods.id} asks for more than half of a node's ${key}`,
        ),
      ),
    breaks: [broken((objects) => times(containerOf(objects, 'redis').resources?.requests, 'memory', '6Gi'))],
  },
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
        const count = pods.reduce((sum, p) => sum + countOf(p, objects, nodes.length), 0);
        const needed = { pods: count, ...sums(objects, pods, nodes.length) };
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
  {
    name: 'scratch-within-storage-limit',
    why: 'The kubelet evicts a pod whose scratch folders outgrow its ephemeral-storage limit, though each is within its own.',
    controls: ['P-4', 'V-1'],
    check: (objects) =>
      allPods(objects).flatMap((pods) => {
        const scratch = (pods.template.spec.volumes ?? []).map(({ emptyDir }) => emptyDir?.sizeLimit ?? '0');
        const sum = scratch.reduce((total, size) => total + amount(size), 0);
        return sum <= ofPod(pods, 'limits', 'ephemeral-storage')
          ? []
          : [`${pods.id}: its emptyDirs exceed its limit`];
      }),
    breaks: [
      broken((objects) =>
        times(containerOf(objects, 'admin').resources?.limits, 'ephemeral-storage', '300Mi'),
      ),
    ],
  },
  {
    name: 'go-memory-limit',
    why: 'Go does not know its container’s limit: without GOMEMLIMIT it grows until the kernel kills it.',
    controls: ['P-7'],
    check: (objects) =>
      ['api', 'worker', 'traefik', 'vmagent'].flatMap((name) => {
        const { env = [], resources } = containerOf(objects, name);
        const value = env.find((variable) => variable.name === 'GOMEMLIMIT')?.value;
        const share = amount(value?.replace('MiB', 'Mi')) / amount(resources?.limits?.memory);
        return share > 0.85 && share <= 0.9
          ? []
          : [`${name}: GOMEMLIMIT is ${value}, not nine tenths of the limit`];
      }),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'api').resources?.limits ?? {}, { memory: '256Mi' }),
      ),
      broken((objects) => {
        const container = containerOf(objects, 'traefik');
        container.env = container.env?.filter(({ name }) => name !== 'GOMEMLIMIT');
      }),
    ],
  },
];

function sums(objects: readonly Manifest[], pods: Pods[], nodes: number): Record<string, number> {
  const keys = (['requests', 'limits'] as const).flatMap((side) =>
    (['cpu', 'memory'] as const).map((key) => [side, key] as const),
  );
  return Object.fromEntries(
    keys.map(([side, key]) => [`${side}.${key}`, total(objects, pods, side, key, nodes)]),
  );
}

const namespaces = (objects: readonly Manifest[]): string[] => [
  ...new Set(allPods(objects).map(({ namespace }) => namespace)),
];
