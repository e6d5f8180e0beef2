import { all, type Case, swap } from './edits.ts';

/** The rules of config/rules-workloads.ts: numbers of copies, places and sizes. */
export const workloadCases: readonly Case[] = [
  {
    why: 'two workers, with the reason',
    edit: swap('replicas: 1', 'replicas: 2'),
    errors: [
      'cluster.yaml:62:15: workloads.worker.replicas: found 2; allowed: 1: the worker holds the job scheduler, and a second copy would run every periodic job twice',
    ],
  },
  {
    why: 'no worker',
    edit: swap('replicas: 1', 'replicas: 0'),
    errors: [
      'cluster.yaml:62:15: workloads.worker.replicas: found 0; allowed: 1: the worker holds the job scheduler, and a second copy would run every periodic job twice',
    ],
  },
  {
    why: 'one api, which would be away with its node',
    edit: swap('replicas: 3', 'replicas: 1'),
    errors: ['cluster.yaml:57:15: workloads.api.replicas: found 1; allowed: a whole number from 2 to 20'],
  },
  {
    why: 'no admin',
    edit: swap('replicas: 2', 'replicas: 0'),
    errors: ['cluster.yaml:67:15: workloads.admin.replicas: found 0; allowed: a whole number from 1 to 20'],
  },
  {
    why: 'more copies than three nodes carry',
    edit: swap('replicas: 3', 'replicas: 300'),
    errors: ['cluster.yaml:57:15: workloads.api.replicas: found 300; allowed: a whole number from 2 to 20'],
  },
  {
    why: 'Redis on a node that does not exist',
    edit: swap('node: node-2', 'node: nod-2'),
    errors: [
      'cluster.yaml:72:11: workloads.redis.node: found "nod-2"; allowed: the hostname of a node: node-1, node-2, node-3; did you mean node-2?',
    ],
  },
  {
    why: 'Redis on a node by its alias',
    edit: swap('node: node-2', 'node: two'),
    errors: [
      'cluster.yaml:72:11: workloads.redis.node: found "two"; allowed: the hostname of a node: node-1, node-2, node-3; did you mean node-2?',
    ],
  },
  {
    why: 'Redis on a node far from every name',
    edit: swap('node: node-2', 'node: ubuntu-8gb-nbg1-2'),
    errors: [
      'cluster.yaml:72:11: workloads.redis.node: found "ubuntu-8gb-nbg1-2"; allowed: the hostname of a node: node-1, node-2, node-3',
    ],
  },
  {
    why: 'CPU in cores',
    edit: swap('cpu: 500m', 'cpu: 0.5'),
    errors: [
      'cluster.yaml:86:22: workloads.vmagent.resources.limits.cpu: found 0.5; allowed: CPU in millicores such as 250m',
    ],
  },
  {
    why: 'no CPU',
    edit: swap('cpu: 500m', 'cpu: 0m'),
    errors: [
      'cluster.yaml:86:22: workloads.vmagent.resources.limits.cpu: found "0m"; allowed: CPU in millicores such as 250m',
    ],
  },
  {
    why: 'memory in units of 1000',
    edit: swap('memory: 500Mi', 'memory: 500M'),
    errors: [
      'cluster.yaml:60:37: workloads.api.resources.limits.memory: found "500M"; allowed: a size in whole Mi or Gi such as 256Mi',
    ],
  },
  {
    why: 'memory with a fraction',
    edit: swap('memory: 1Gi', 'memory: 1.5Gi'),
    errors: [
      'cluster.yaml:70:37: workloads.admin.resources.limits.memory: found "1.5Gi"; allowed: a size in whole Mi or Gi such as 256Mi',
    ],
  },
  {
    why: 'memory as a number of bytes',
    edit: swap('memory: 500Mi', 'memory: 524288000'),
    errors: [
      'cluster.yaml:60:37: workloads.api.resources.limits.memory: found 524288000; allowed: a size in whole Mi or Gi such as 256Mi',
    ],
  },
  {
    why: 'a CPU limit below the request',
    edit: swap('cpu: 2000m, memory: 500Mi', 'cpu: 99m, memory: 500Mi'),
    errors: [
      'cluster.yaml:60:22: workloads.api.resources.limits.cpu: found "99m"; allowed: at least the request, 100m',
    ],
  },
  {
    why: 'a memory limit below the request, in another unit',
    edit: swap('cpu: 50m, memory: 192Mi', 'cpu: 50m, memory: 2Gi'),
    errors: [
      'cluster.yaml:70:37: workloads.admin.resources.limits.memory: found "1Gi"; allowed: at least the request, 2Gi',
    ],
  },
  {
    why: 'a disk limit below the request',
    edit: swap('memory: 510Mi, ephemeral-storage: 256Mi', 'memory: 510Mi, ephemeral-storage: 63Mi'),
    errors: [
      'cluster.yaml:65:63: workloads.worker.resources.limits.ephemeral-storage: found "63Mi"; allowed: at least the request, 64Mi',
    ],
  },
  {
    why: 'requests of Redis below its limit',
    edit: swap('cpu: 120m, memory: 512Mi', 'cpu: 120m, memory: 256Mi'),
    errors: [
      'cluster.yaml:76:38: workloads.redis.resources.requests.memory: found "256Mi"; allowed: the same as the limit, 512Mi: Redis is never evicted for memory it was promised',
    ],
  },
  {
    why: 'requests of Redis above its limit, told once',
    edit: swap('cpu: 120m, memory: 512Mi', 'cpu: 120m, memory: 1Gi'),
    errors: [
      'cluster.yaml:77:37: workloads.redis.resources.limits.memory: found "512Mi"; allowed: at least the request, 1Gi',
    ],
  },
  {
    why: 'a Redis that fills its container',
    edit: swap('maxmemory: 256Mi', 'maxmemory: 308Mi'),
    errors: [
      'cluster.yaml:74:16: workloads.redis.maxmemory: found "308Mi"; allowed: at most 60 % of the memory limit, 512Mi: rewriting the append-only file needs the rest',
    ],
  },
  {
    why: 'a queue that fills its disk: one file more may be held',
    edit: swap('queue: 1Gi', 'queue: 1536Mi'),
    errors: [
      'cluster.yaml:83:12: workloads.vmagent.queue: found "1536Mi"; allowed: more than 512Mi below the ephemeral-storage limit, 2Gi: the queue is freed in files of that size',
    ],
  },
  {
    why: 'a broken workload does not hide the mistake in another',
    edit: all(
      swap('replicas: 1', 'replicas: 2'),
      swap('cpu: 2000m, memory: 500Mi', 'cpu: 99m, memory: 500Mi'),
    ),
    errors: [
      'cluster.yaml:60:22: workloads.api.resources.limits.cpu: found "99m"; allowed: at least the request, 100m',
      'cluster.yaml:62:15: workloads.worker.replicas: found 2; allowed: 1: the worker holds the job scheduler, and a second copy would run every periodic job twice',
    ],
  },
];
