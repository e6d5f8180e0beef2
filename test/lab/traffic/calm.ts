import { from, hosts, waitFor } from '../lab.ts';
import { openEdge } from './edge-door.ts';
import { podsOf, settled } from './pods.ts';
import type { Site } from './site.ts';

const WORKLOADS = ['traefik', 'redis', 'api', 'worker', 'admin', 'vmagent'] as const;
/** Those of which each node has a pod of its own. */
const SPREAD = ['api', 'admin'] as const;

/**
 * Waits until the site is whole, whatever the row before has left: hosts on and Ready, every pod ready, api and admin on
 * every node.
 * @throws LabError naming what is not
 */
export async function calm(site: Site): Promise<void> {
  await repair(site);
  await nodesReady(site);
  for (const workload of WORKLOADS) await settled(site, workload);
  await spread(site);
}

/** What a row that failed half-way may have left. */
async function repair(site: Site): Promise<void> {
  for (const host of hosts()) {
    if (!host.isOn()) await host.boot();
    await host.cable('private', 'in');
    await openEdge(host);
  }
  await from('services').exec('curl -sS -X PUT -d none http://obs.lab:4318/lab/fault');
  for (const { hostname } of hosts()) await site.kubectl(`uncordon ${hostname}`);
}

export async function nodesReady(site: Site): Promise<void> {
  const ready = async () => {
    const lines = (await site.kubectl('get nodes --no-headers')).trim().split('\n');
    return lines.length === hosts().length && lines.every((line) => /^\S+ +Ready\b/.test(line));
  };
  await waitFor('all nodes to be Ready', ready, { timeoutMs: 180_000, intervalMs: 1_000 });
}

/**
 * Gives api and admin a pod on every node again: after a node was away, its pods are elsewhere, and nothing moves them
 * back but a rollout.
 */
export async function spread(site: Site): Promise<void> {
  const uneven: string[] = [];
  for (const workload of SPREAD) {
    const nodes = new Set((await podsOf(site, workload)).map(({ node }) => node));
    if (nodes.size < hosts().length) uneven.push(workload);
  }
  if (uneven.length === 0) return;
  await site.kubectl(`-n honeydue rollout restart ${uneven.map((name) => `deploy/${name}`).join(' ')}`);
  for (const name of uneven) await site.kubectl(`-n honeydue rollout status deploy/${name} --timeout=280s`);
  for (const name of uneven) await settled(site, name);
}
