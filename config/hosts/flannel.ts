import type { Cluster } from '../schema.ts';
import { systemPorts } from './system-ports.ts';

/** How pods on different nodes reach each other. */
export interface Flannel {
  readonly backend: 'vxlan' | 'wireguard-native';
  /** The network device through which packets from other nodes' pods come in. */
  readonly device: string;
  /** The UDP port between nodes. */
  readonly port: number;
}

/** Encrypted unless nodes have a network of their own (N-8). It never changes on a running cluster. */
export function flannel({ network }: Cluster): Flannel {
  return network.privateCIDR === undefined
    ? { backend: 'wireguard-native', device: 'flannel-wg', port: systemPorts.wireguard }
    : { backend: 'vxlan', device: 'flannel.1', port: systemPorts.vxlan };
}

/** The bridge of a node's pods. */
export const POD_BRIDGE = 'cni0';
