import type { Construct } from 'constructs';
import { namespaces } from '../config/names.ts';
import { bytes, cpuQuantity, memoryQuantity, millicores } from '../config/quantity.ts';
import type { Cluster, Resources } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { labels } from './metadata.ts';

/**
 * The API server itself refuses the side doors: NodePort and LoadBalancer Services, which UFW does not guard, pods
 * without limits, and more pods than the deployment has in the middle of a rollout (P-12).
 */
export function namespaceQuota(scope: Construct, cluster: Cluster, namespace: string): void {
  const pods = podsAtMost(cluster, namespace);
  new k8s.KubeResourceQuota(scope, `quota-${namespace}`, {
    metadata: { name: 'quota', namespace, labels: labels('quota') },
    spec: {
      hard: quantities({
        pods: String(pods.length),
        'services.nodeports': '0',
        'services.loadbalancers': '0',
        'requests.cpu': cpuQuantity(sum(pods, ({ requests }) => millicores(requests.cpu))),
        'requests.memory': memoryQuantity(sum(pods, ({ requests }) => bytes(requests.memory))),
        'limits.cpu': cpuQuantity(sum(pods, ({ limits }) => millicores(limits.cpu))),
        'limits.memory': memoryQuantity(sum(pods, ({ limits }) => bytes(limits.memory))),
      }),
    },
  });
  // Of type Pod, not Container: a Container range would quietly give limits to a pod that names none.
  new k8s.KubeLimitRange(scope, `limit-range-${namespace}`, {
    metadata: { name: 'limit-range', namespace, labels: labels('limit-range') },
    spec: {
      limits: [
        {
          type: 'Pod',
          max: quantities({
            cpu: cpuQuantity(largest(pods, ({ limits }) => millicores(limits.cpu))),
            memory: memoryQuantity(largest(pods, ({ limits }) => bytes(limits.memory))),
            'ephemeral-storage': memoryQuantity(
              largest(pods, ({ limits }) => bytes(limits['ephemeral-storage'])),
            ),
          }),
        },
      ],
    },
  });
}

/** The pods of a namespace at the fullest moment: every rollout under way, one pod by hand, one per node after a loss. */
function podsAtMost({ workloads, nodes }: Cluster, namespace: string): Resources[] {
  const { api, worker, admin, redis, traefik, vmagent } = workloads;
  if (namespace === namespaces.edge) return times(nodes.length + 1, traefik.resources);
  // Pods of a dead node stay in the books until it returns, while their successors already run.
  return [
    ...times(2 * api.replicas + 1, api.resources),
    ...times(2 * admin.replicas + 1, admin.resources),
    ...times(2, worker.resources),
    ...times(2, vmagent.resources),
    redis.resources,
  ];
}

const times = (count: number, pod: Resources): Resources[] => Array.from({ length: count }, () => pod);
const sum = (pods: Resources[], of: (pod: Resources) => number) =>
  pods.reduce((total, pod) => total + of(pod), 0);
const largest = (pods: Resources[], of: (pod: Resources) => number) => Math.max(...pods.map(of));

const quantities = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, k8s.Quantity.fromString(value)]));
