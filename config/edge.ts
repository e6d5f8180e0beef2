import { cloudflareRanges } from './cloudflare.ts';
import { ports } from './ports.ts';
import type { Cluster } from './schema.ts';

/** A port on which Cloudflare reaches the servers. */
export interface EdgePort {
  /** Of Traefik's entry point. */
  readonly name: 'edge' | 'edge-tls';
  readonly port: number;
  readonly tls: boolean;
}

/** The ports of this edge mode, plain HTTP first. The other one stays closed. */
export function edgePorts({ edge }: Cluster): EdgePort[] {
  const http: EdgePort = { name: 'edge', port: ports.http, tls: false };
  const https: EdgePort = { name: 'edge', port: ports.https, tls: true };
  switch (edge.tls) {
    case 'flexible':
      return [http];
    case 'both':
      return [http, { ...https, name: 'edge-tls' }];
    case 'strict':
      return [https];
  }
}

/** Whether Traefik needs the origin certificate. */
export const edgeHasTLS = (cluster: Cluster): boolean => edgePorts(cluster).some(({ tls }) => tls);

/** The networks that may reach the edge ports, and whose word about a client's address is believed. */
export function edgeSources({ edge }: Cluster): readonly string[] {
  return edge.proxyRanges ?? cloudflareRanges;
}
