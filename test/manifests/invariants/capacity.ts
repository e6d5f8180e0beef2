import { amount } from '../../../config/quantity.ts';
import type { Amounts } from '../../../review/objects/kinds.ts';
import { allContainers, allPods, containerOf, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';
import { KEYS, type Key, NODE, ofPod, total } from '../sizes.ts';

/** Sizes: every container has them, and together they fit. */

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
        const needed = total(allPods(objects), 'requests', key, left);
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
