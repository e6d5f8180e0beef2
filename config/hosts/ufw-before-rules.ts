import type { Cluster } from '../schema.ts';
import { flannel, POD_BRIDGE } from './flannel.ts';
import type { HostBlock } from './host-block.ts';
import { systemPorts } from './system-ports.ts';

/**
 * What UFW's own rules come too late for: kube-proxy redirects packets before them, and flannel lets through what is for
 * pods or says that it is from one (N-9, N-12). Here, still before that, all of it is dropped unless it comes from this
 * host or over the pod network. So it holds on every interface that the host has or will have.
 */
export function ufwBeforeRules(cluster: Cluster): HostBlock[] {
  const { podCIDR, serviceCIDR } = cluster.network;
  const reason = 'nobody outside addresses pods, Services or node ports, which UFW alone would not see';
  return [
    {
      path: '/etc/ufw/before.rules',
      content: `${table('raw', cluster, [`-d ${podCIDR}`, `-d ${serviceCIDR}`, `-s ${podCIDR}`])}\n${nodePorts(cluster)}`,
      reason,
    },
    // Pods and Services have IPv4 only.
    { path: '/etc/ufw/before6.rules', content: nodePorts(cluster), reason },
  ];
}

/**
 * Only what begins a connection: the kernel gives connections of pods to the outside any port of the node, these too,
 * and one answer in 23 would be lost. Table raw cannot tell, as it comes before the tracking of connections.
 */
function nodePorts(cluster: Cluster): string {
  const { first, last } = systemPorts.nodePorts;
  const matches = ['tcp', 'udp'].map((protocol) => {
    return `-p ${protocol} --dport ${first}:${last} -m conntrack --ctstate NEW`;
  });
  return table('mangle', cluster, matches);
}

const CHAIN = 'honeydue';

/** UFW loads this at every reload without emptying the table; nothing else on these hosts fills the chain PREROUTING. */
function table(name: 'raw' | 'mangle', cluster: Cluster, dropped: readonly string[]): string {
  return [
    `*${name}`,
    `:${CHAIN} - [0:0]`,
    '-F PREROUTING',
    `-A PREROUTING -j ${CHAIN}`,
    ...['lo', POD_BRIDGE, flannel(cluster).device].map((device) => `-A ${CHAIN} -i ${device} -j RETURN`),
    ...dropped.map((match) => `-A ${CHAIN} ${match} -j DROP`),
    'COMMIT',
  ].join('\n');
}
