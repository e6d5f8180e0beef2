import { closest } from 'fastest-levenshtein';
import type { Problem } from './problem.ts';
import { bytes, millicores } from './quantity.ts';
import { problem, type Rule } from './rule.ts';
import type { Cluster } from './schema.ts';

/** Images, sizes and places of the workloads. */
export const workloadRules: readonly Rule[] = [
  { reads: ['nodes', 'workloads.redis.node'], problems: redisOnAKnownNode },
  { reads: ['images', 'registry.host'], problems: appImagesFromTheRegistry },
  { reads: ['workloads'], problems: limitsNotBelowRequests },
  { reads: ['workloads.redis'], problems: roomForRedis },
  { reads: ['workloads.vmagent'], problems: roomForTheQueue },
];

function redisOnAKnownNode({ nodes, workloads: { redis } }: Cluster): Problem[] {
  const hostnames = nodes.map(({ hostname }) => hostname);
  if (hostnames.includes(redis.node)) return [];
  const allowed = `the hostname of a node: ${hostnames.join(', ')}`;
  return [problem(['workloads', 'redis', 'node'], redis.node, allowed, closest(redis.node, hostnames))];
}

/** The images that the pull secret is for. A pull secret for another host would be ignored without a word. */
const OWN_IMAGES = ['api', 'worker', 'admin'] as const;

function appImagesFromTheRegistry({ images, registry }: Cluster): Problem[] {
  return OWN_IMAGES.filter((name) => !images[name].startsWith(`${registry.host}/`)).map((name) =>
    problem(['images', name], images[name], `an image of registry.host, ${registry.host}`),
  );
}

function limitsNotBelowRequests({ workloads }: Cluster): Problem[] {
  return Object.entries(workloads).flatMap(([name, { resources }]) => {
    const { requests, limits } = resources;
    const path = (key: string) => ['workloads', name, 'resources', 'limits', key];
    const keys = ['memory', 'ephemeral-storage'] as const;
    const problems = keys
      .filter((key) => bytes(limits[key]) < bytes(requests[key]))
      .map((key) => problem(path(key), limits[key], `at least the request, ${requests[key]}`));
    if (millicores(limits.cpu) < millicores(requests.cpu)) {
      problems.push(problem(path('cpu'), limits.cpu, `at least the request, ${requests.cpu}`));
    }
    return problems;
  });
}

/** A rewrite of the append-only file can need as much again (control R-2). */
const REDIS_SHARE = 0.6;

function roomForRedis({ workloads: { redis } }: Cluster): Problem[] {
  const { requests, limits } = redis.resources;
  const problems: Problem[] = [];
  if (bytes(redis.maxmemory) > REDIS_SHARE * bytes(limits.memory)) {
    const allowed = `at most 60 % of the memory limit, ${limits.memory}: rewriting the append-only file needs the rest`;
    problems.push(problem(['workloads', 'redis', 'maxmemory'], redis.maxmemory, allowed));
  }
  if (bytes(requests.memory) !== bytes(limits.memory)) {
    const allowed = `the same as the limit, ${limits.memory}: Redis is never evicted for memory it was promised`;
    problems.push(
      problem(['workloads', 'redis', 'resources', 'requests', 'memory'], requests.memory, allowed),
    );
  }
  return problems;
}

/** vmagent frees its queue in files of this size, so the disk holds up to one more than the queue's limit. */
const QUEUE_FILE = bytes('512Mi');

function roomForTheQueue({ workloads: { vmagent } }: Cluster): Problem[] {
  const limit = vmagent.resources.limits['ephemeral-storage'];
  if (bytes(vmagent.queue) + QUEUE_FILE < bytes(limit)) return [];
  const allowed = `512Mi below the ephemeral-storage limit, ${limit}: the queue is freed in files of that size`;
  return [problem(['workloads', 'vmagent', 'queue'], vmagent.queue, allowed)];
}
