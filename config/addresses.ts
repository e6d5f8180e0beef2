import { addressAt } from './cidr.ts';
import type { Cluster, Node } from './schema.ts';

/**
 * Fixed ClusterIPs, so that Traefik needs neither DNS nor the API server to find its backends. Kubernetes keeps
 * the first 256 addresses of a range of /20 or larger for such static use (KEP-3070); k3s takes .1 for the API
 * server and .10 for DNS.
 */
const SERVICE_OFFSET = { api: 20, admin: 21 } as const;

/** The fixed ClusterIP of a Service behind Traefik. */
export function clusterIP({ network }: Cluster, service: keyof typeof SERVICE_OFFSET): string {
  return addressAt(network.serviceCIDR, SERVICE_OFFSET[service]);
}

/** The address under which the cluster knows a node: private, or public on hosts without a private network. */
export function nodeAddress({ alias, privateIPv4, publicIPv4 }: Node): string {
  const address = privateIPv4 ?? publicIPv4;
  // The rules of cluster.yaml leave no node without both.
  if (address === undefined) throw new Error(`${alias} has neither privateIPv4 nor publicIPv4`);
  return address;
}

/** The addresses of all nodes, in the order of cluster.yaml. */
export function nodeAddresses({ nodes }: Cluster): string[] {
  return nodes.map(nodeAddress);
}
