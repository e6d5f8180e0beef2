import { connect } from 'node:net';
import { contains } from '../../../../config/cidr.ts';
import { edgePorts, edgeSources } from '../../../../config/edge.ts';
import { systemPorts } from '../../../../config/hosts/system-ports.ts';
import { ports } from '../../../../config/ports.ts';
import type { Cluster } from '../../../../config/schema.ts';
import type { Reach } from './seen.ts';

/** A port of a public address, and the networks that may reach it. */
export interface PortRule {
  readonly port: number;
  readonly sources: readonly string[];
}

/** Ports that are worth a try: what may be open, and what must never be. */
export function portRules(cluster: Cluster): PortRule[] {
  const { http, https, api, traefikMetrics } = ports;
  const { ssh, kubernetesAPI, etcd, kubelet, nodePorts } = systemPorts;
  const edge = edgePorts(cluster).map(({ port }) => port);
  const nobody = [
    ...[http, https].filter((port) => !edge.includes(port)),
    api,
    traefikMetrics,
    etcd.first,
    etcd.last,
    kubelet,
    nodePorts.first,
  ];
  return [
    { port: ssh, sources: cluster.firewall.ssh },
    { port: kubernetesAPI, sources: cluster.firewall.kubernetesAPI },
    ...edge.map((port) => ({ port, sources: edgeSources(cluster) })),
    ...nobody.map((port) => ({ port, sources: [] })),
  ];
}

/** Whether the firewall shall let a source in. */
export const mayReach = ({ sources }: PortRule, source: string): boolean =>
  sources.some((network) => contains(network, source));

/** Milliseconds. A port that a firewall shuts answers nothing; twice the slowest way around the world. */
const DEADLINE = 2_000;

/** Tries all of these ports of all public addresses at once. */
export function tryPorts(cluster: Cluster): Promise<Reach[]> {
  const tries = cluster.nodes.flatMap((node) =>
    [node.publicIPv4, node.publicIPv6].flatMap((address) =>
      address === undefined ? [] : portRules(cluster).map(({ port }) => ({ node, address, port })),
    ),
  );
  return Promise.all(tries.map(async (one) => ({ ...one, isOpen: await isOpen(one.address, one.port) })));
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(DEADLINE, () => end(false));
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  });
}
