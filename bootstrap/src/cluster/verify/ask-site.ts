import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { edgePort } from '../../../../config/edge.ts';
import type { Cluster, Node } from '../../../../config/schema.ts';
import { type SiteAnswer, type SiteProbe, siteProbes } from './site-probes.ts';

/** Milliseconds. */
const DEADLINE = 5_000;

/** Asks the edge of a node from the workstation, as the proxy would. */
export function askSite(cluster: Cluster, node: Node): Promise<SiteAnswer[]> {
  return Promise.all(
    siteProbes(cluster).map(async (probe) => ({
      probe,
      node,
      status: await ask(cluster, node, probe),
      from: 'the workstation' as const,
    })),
  );
}

/** @returns the status; 0 when there is no answer */
function ask(cluster: Cluster, node: Node, { host, path }: SiteProbe): Promise<number> {
  const options = {
    host: node.publicIPv4,
    port: edgePort(cluster),
    path,
    headers: { host },
    timeout: DEADLINE,
    agent: false,
  };
  return new Promise((resolve) => {
    // The origin certificate is for the proxy; who is behind it was settled by ssh.
    const request =
      cluster.edge.tls === 'strict'
        ? requestHttps({ ...options, servername: host, rejectUnauthorized: false })
        : requestHttp(options);
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('timeout', () => request.destroy());
    request.on('close', () => resolve(0));
    request.on('error', () => resolve(0));
    request.end();
  });
}
