import { stringify } from 'yaml';
import { nodeAddress } from '../addresses.ts';
import { addressAt } from '../cidr.ts';
import type { Cluster, Node } from '../schema.ts';
import { flannel } from './flannel.ts';
import { type HostFile, hostFile } from './host-file.ts';
import { k3sPaths } from './k3s-paths.ts';
import { systemPorts } from './system-ports.ts';

/** Settings that a server keeps for life: etcd, certificates or addresses of pods depend on them. */
export const fixedSettings = [
  'node-name',
  'node-ip',
  'advertise-address',
  'cluster-cidr',
  'service-cidr',
  'cluster-dns',
  'cluster-domain',
  'flannel-backend',
  'secrets-encryption',
] as const;

/**
 * A server's config.yaml, without the one key that only a look at the cluster can tell: `cluster-init` for the very
 * first server, `server` for one that joins.
 * @param networkInterface the interface that carries the node's address, as found on the host
 */
export function k3sConfig(cluster: Cluster, node: Node, networkInterface: string): Record<string, unknown> {
  return { ...ofNode(cluster, node, networkInterface), ...ofCluster(cluster) };
}

function ofNode(cluster: Cluster, node: Node, networkInterface: string): Record<string, unknown> {
  const { publicIPv4 } = node;
  return {
    'node-name': node.hostname,
    'node-ip': nodeAddress(node),
    ...(cluster.network.privateCIDR && publicIPv4 && { 'node-external-ip': publicIPv4 }),
    'advertise-address': nodeAddress(node),
    'flannel-iface': networkInterface,
  };
}

/** The same on every server; k3s refuses a server whose critical values differ. */
function ofCluster(cluster: Cluster): Record<string, unknown> {
  const { nodes, network } = cluster;
  const { first, last } = systemPorts.nodePorts;
  return {
    'token-file': k3sPaths.token,
    'agent-token-file': k3sPaths.agentToken,
    // Every name and address, so that a kubeconfig works through any server and through a tunnel.
    'tls-san': nodes.flatMap(namesOf),
    'cluster-cidr': network.podCIDR,
    'service-cidr': network.serviceCIDR,
    'cluster-dns': addressAt(network.serviceCIDR, 10),
    'cluster-domain': 'cluster.local',
    'service-node-port-range': `${first}-${last}`,
    'flannel-backend': flannel(cluster).backend,
    disable: ['traefik', 'servicelb'],
    // It trusts what any node calls an image, which only digests would make safe.
    'embedded-registry': false,
    'secrets-encryption': true,
    'protect-kernel-defaults': true,
    'write-kubeconfig-mode': '0600',
    'etcd-snapshot-schedule-cron': '0 */6 * * *',
    'etcd-snapshot-retention': 28,
    // k3s cannot restore a compressed one by its path before v1.34.12.
    'etcd-snapshot-compress': false,
    'kube-apiserver-arg': [
      'enable-admission-plugins=NodeRestriction,EventRateLimit',
      `admission-control-config-file=${k3sPaths.admission}`,
      `audit-policy-file=${k3sPaths.auditPolicy}`,
      `audit-log-path=${k3sPaths.auditLog}`,
      'audit-log-maxage=30',
      'audit-log-maxbackup=10',
      'audit-log-maxsize=100',
      'service-account-extend-token-expiration=false',
    ],
    'kube-controller-manager-arg': ['terminated-pod-gc-threshold=100'],
    // Together: a node port is opened nowhere, not even on loopback, and route_localnet stays off (N-9).
    'kube-proxy-arg': ['nodeport-addresses=127.0.0.0/8', 'iptables-localhost-nodeports=false'],
  };
}

/** Names and addresses of a node, as far as they are known. */
function namesOf(node: Node): string[] {
  const { hostname, alias, publicIPv4, publicIPv6 } = node;
  const names = [hostname, alias, nodeAddress(node), publicIPv4, publicIPv6];
  return [...new Set(names)].filter((name) => name !== undefined);
}

export function k3sConfigFile(cluster: Cluster, node: Node, networkInterface: string): HostFile {
  return hostFile(
    {
      path: k3sPaths.config,
      mode: '0600',
      reason: 'k3s; the run adds cluster-init or server, as the cluster tells',
    },
    stringify(k3sConfig(cluster, node, networkInterface), { lineWidth: 0 }),
  );
}
