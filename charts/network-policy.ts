import type { Construct } from 'constructs';
import { nodeAddresses } from '../config/addresses.ts';
import type { Workload } from '../config/names.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { metadataOf, selectorLabels } from './metadata.ts';

/** What a workload may receive and send. Everything else is denied by `default-deny` in 00-cluster. */
export interface Traffic {
  readonly ingress: readonly k8s.NetworkPolicyIngressRule[];
  readonly egress: readonly k8s.NetworkPolicyEgressRule[];
}

/** One policy for a workload, both directions, selecting by one label (N-1). */
export function networkPolicy(scope: Construct, workload: Workload, { ingress, egress }: Traffic): void {
  new k8s.KubeNetworkPolicy(scope, 'network-policy', {
    metadata: metadataOf(workload),
    spec: {
      podSelector: { matchLabels: selectorLabels(workload) },
      policyTypes: ['Ingress', 'Egress'],
      // An empty list is left out, as the API server keeps it; the direction in policyTypes then denies all.
      ...(ingress.length > 0 && { ingress: [...ingress] }),
      ...(egress.length > 0 && { egress: [...egress] }),
    },
  });
}

export const tcp = (port: number): k8s.NetworkPolicyPort => ({
  protocol: 'TCP',
  port: k8s.IntOrString.fromNumber(port),
});
const udp = (port: number): k8s.NetworkPolicyPort => ({
  protocol: 'UDP',
  port: k8s.IntOrString.fromNumber(port),
});
const pods = (workload: Workload): k8s.NetworkPolicyPeer => ({
  podSelector: { matchLabels: selectorLabels(workload) },
});

/** Pods of another namespace. */
export function podsIn(namespace: string, matchLabels: Record<string, string>): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels },
  };
}

/**
 * From Traefik. It is on the host network, so no selector ever matches it: its packets carry the node's flannel
 * address (10.42.N.0 or 10.42.N.1, N changes when a node is replaced) or the node's own (N-2).
 */
export function fromTraefik(cluster: Cluster, port: number): k8s.NetworkPolicyIngressRule {
  return fromNetworks([cluster.network.podCIDR, ...nodeNetworks(cluster)], port);
}

export function fromNetworks(
  cidrs: readonly string[],
  ...ports: readonly number[]
): k8s.NetworkPolicyIngressRule {
  return { from: cidrs.map(network), ports: ports.map(tcp) };
}

const network = (cidr: string): k8s.NetworkPolicyPeer => ({ ipBlock: { cidr } });
const nodeNetworks = (cluster: Cluster) => nodeAddresses(cluster).map((address) => `${address}/32`);

/** From pods of these workloads and nothing else; for Redis never `fromTraefik`, which admits any pod. */
export function fromPods(workloads: readonly Workload[], port: number): k8s.NetworkPolicyIngressRule {
  return { from: workloads.map(pods), ports: [tcp(port)] };
}

export function toPods(workload: Workload, port: number): k8s.NetworkPolicyEgressRule {
  return { to: [pods(workload)], ports: [tcp(port)] };
}

/** To CoreDNS. A policy sees the pod behind the ClusterIP. */
export const toDNS: k8s.NetworkPolicyEgressRule = {
  to: [podsIn('kube-system', { 'k8s-app': 'kube-dns' })],
  ports: [udp(ports.dns), tcp(ports.dns)],
};

/** Nothing private: not pods, Services, nodes or neighbours, and not 169.254.169.254, which serves user data (N-4). */
const NOT_THE_INTERNET = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

/** To public IPv4 addresses; Neon's, B2's and the others' change, and a policy knows no names (N-3). */
export function toInternet(...destinationPorts: readonly number[]): k8s.NetworkPolicyEgressRule {
  return {
    to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [...NOT_THE_INTERNET] } }],
    ports: destinationPorts.map(tcp),
  };
}

/** To a port of the nodes themselves. */
export function toNodes(cluster: Cluster, port: number): k8s.NetworkPolicyEgressRule {
  return { to: nodeNetworks(cluster).map(network), ports: [tcp(port)] };
}
