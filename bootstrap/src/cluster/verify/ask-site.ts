import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Cluster, Node } from '../../../../config/schema.ts';
import { type SiteAnswer, type SiteProbe, siteProbes } from './site-probes.ts';

/** Milliseconds. */
const DEADLINE = 5_000;

/** Asks a port of the edge of a node from the workstation, as the proxy would. */
export function askSite(cluster: Cluster, node: Node, port: number): Promise<SiteAnswer[]> {
  const probes = siteProbes(cluster).filter(({ through }) => through.port === port);
  return Promise.all(
    probes.map(async (probe) => ({
      probe,
      node,
      status: await ask(node, probe),
      from: 'the workstation' as const,
    })),
  );
}

/** @returns the status; 0 when there is no answer */
function ask(node: Node, { host, path, through }: SiteProbe): Promise<number> {
  const options = {
    host: node.publicIPv4,
    port: through.port,
    path,
    headers: { host },
    timeout: DEADLINE,
    agent: false,
  };
  return new Promise((resolve) => {
    // The origin certificate is for the proxy; who is behind it was settled by ssh.
    const request = through.tls
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
