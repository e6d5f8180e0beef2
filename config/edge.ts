import { cloudflareRanges } from './cloudflare.ts';
import { ports } from './ports.ts';
import type { Cluster } from './schema.ts';

/** The one port on which Cloudflare reaches the servers. The other one stays closed. */
export function edgePort({ edge }: Cluster): number {
  return edge.tls === 'strict' ? ports.https : ports.http;
}

/** The networks that may reach the edge port, and whose word about a client's address is believed. */
export function edgeSources({ edge }: Cluster): readonly string[] {
  return edge.proxyRanges ?? cloudflareRanges;
}
