import type { Problem } from './problem.ts';
import { bytes, millicores } from './quantity.ts';
import { problem, type Rule } from './rule.ts';
import { type Cluster, clusterSchema } from './schema.ts';
import { meant } from './suggestion.ts';

const workloadNames = Object.keys(clusterSchema.shape.workloads.shape) as (keyof Cluster['workloads'])[];

/** Images, sizes and places of the workloads. */
export const workloadRules: readonly Rule[] = [
  { reads: ['nodes', 'workloads.redis.node'], problems: redisOnAKnownNode },
  { reads: ['images', 'registry.host'], problems: appImagesFromTheRegistry },
  ...workloadNames.map((name) => ({
    reads: [`workloads.${name}.resources`],
    problems: (cluster: Cluster) => limitsNotBelowRequests(name, cluster),
  })),
  { reads: ['workloads.redis.maxmemory', 'workloads.redis.resources'], problems: roomForRedis },
  { reads: ['workloads.vmagent'], problems: roomForTheQueue },
];

function redisOnAKnownNode({ nodes, workloads: { redis } }: Cluster): Problem[] {
  const hostnames = nodes.map(({ hostname }) => hostname);
  if (nodes.length === 0 || hostnames.includes(redis.node)) return [];
  const allowed = `the hostname of a node: ${hostnames.join(', ')}`;
  const ofThatAlias = nodes.find(({ alias }) => alias === redis.node)?.hostname;
  const suggestion = ofThatAlias ?? meant(redis.node, hostnames);
  return [problem(['workloads', 'redis', 'node'], redis.node, allowed, suggestion)];
}

/** The images that the pull secret is for. A pull secret for another host would be ignored without a word. */
const OWN_IMAGES = ['api', 'worker', 'admin'] as const;

function appImagesFromTheRegistry({ images, registry }: Cluster): Problem[] {
  return OWN_IMAGES.filter((name) => !images[name].startsWith(`${registry.host}/`)).map((name) =>
    problem(['images', name], images[name], `an image of registry.host, ${registry.host}`),
  );
}

function limitsNotBelowRequests(name: keyof Cluster['workloads'], { workloads }: Cluster): Problem[] {
  const { requests, limits } = workloads[name].resources;
  const amount = { cpu: millicores, memory: bytes, 'ephemeral-storage': bytes };
  return (['cpu', 'memory', 'ephemeral-storage'] as const)
    .filter((key) => amount[key](limits[key]) < amount[key](requests[key]))
    .map((key) => {
      const path = ['workloads', name, 'resources', 'limits', key];
      return problem(path, limits[key], `at least the request, ${requests[key]}`);
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
  if (bytes(requests.memory) < bytes(limits.memory)) {
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
  const allowed = `more than 512Mi below the ephemeral-storage limit, ${limit}: the queue is freed in files of that size`;
  return [problem(['workloads', 'vmagent', 'queue'], vmagent.queue, allowed)];
}
