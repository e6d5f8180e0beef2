import { ufwBeforeRules } from '../../../config/hosts/ufw-before-rules.ts';
import { ufwRules } from '../../../config/hosts/ufw-rules.ts';
import type { Cluster, Node } from '../../../config/schema.ts';
import { dropped, type Packet, passes } from '../../config/packets.ts';
import { from, fromHost, type Outcome, type Target } from '../lab.ts';
import { CLIENTS, NEIGHBOUR } from '../network/topology.ts';

/** What a firewall does to the first packet of a connection. A port that nobody listens on answers too, if it lets it. */
export type Fate = 'passes' | 'dropped';

/** What comes to a host from where: every way on which a connection can arrive. */
interface Way {
  readonly source: string;
  /** The interface through which it arrives. */
  readonly in: 'eth0' | 'enp7s0';
  readonly from: string;
  readonly to: string;
}

/** Ports of ours, of Kubernetes, and of nobody: TCP only, as silence over UDP says nothing. */
export const PORTS = [22, 80, 443, 2379, 2380, 6443, 8000, 9100, 10250, 30080, 31999] as const;

const bare = (address: string) => address.split('/')[0] ?? address;

/** Every way to a host: over its public addresses of both families, and over the private network. */
function waysTo(cluster: Cluster, node: Node): Way[] {
  const strangers = (['internet', 'edge', 'operator'] as const).flatMap((source): Way[] => [
    { source, in: 'eth0', from: bare(CLIENTS[source].ipv4), to: node.publicIPv4 ?? '' },
    { source, in: 'eth0', from: bare(CLIENTS[source].ipv6), to: node.publicIPv6 ?? '' },
  ]);
  const [peer] = cluster.nodes.filter(({ alias }) => alias !== node.alias);
  if (!peer) return strangers;
  return [
    ...strangers,
    { source: peer.alias, in: 'enp7s0', from: peer.privateIPv4 ?? '', to: node.privateIPv4 ?? '' },
    { source: peer.alias, in: 'eth0', from: peer.publicIPv4 ?? '', to: node.publicIPv4 ?? '' },
    { source: 'neighbour', in: 'enp7s0', from: NEIGHBOUR.ipv4, to: node.privateIPv4 ?? '' },
  ];
}

const nameOf = ({ source }: { source: string }, { address, port }: Target) =>
  `${source} -> ${address.includes(':') ? `[${address}]` : address}:${port}`;

/** What cluster.yaml says of every way and port, by name of the try. */
export function expectedMatrix(cluster: Cluster, node: Node): Record<string, Fate> {
  return Object.fromEntries(
    waysTo(cluster, node).flatMap((way) =>
      PORTS.map((port) => {
        const packet = { in: way.in, from: way.from, to: way.to, protocol: 'tcp', port } as const;
        return [nameOf(way, { address: way.to, port }), fate(cluster, node, packet)];
      }),
    ),
  );
}

/** What the rules of a host do with a packet. */
export function fate(cluster: Cluster, node: Node, packet: Packet): Fate {
  const blocks = ufwBeforeRules(cluster).filter(
    ({ path }) => path.includes('6.') === packet.to.includes(':'),
  );
  if (blocks.some(({ content }) => dropped(content, packet))) return 'dropped';
  return passes(ufwRules(cluster, node), packet) ? 'passes' : 'dropped';
}

/** Milliseconds; hosts that are busy answer late, and then what passes would look dropped. */
const PATIENCE = 5_000;

const fateOf = (outcome: Outcome): Fate =>
  outcome === 'open' || outcome === 'refused' ? 'passes' : 'dropped';

/** What happens to real packets, by the same names. */
export async function measuredMatrix(cluster: Cluster, node: Node): Promise<Record<string, Fate>> {
  const tries = waysTo(cluster, node).map(async (way) => {
    const targets = PORTS.map((port) => ({ address: way.to, port }));
    const client = way.source.startsWith('hetzner') ? fromHost(way.source) : from(way.source as 'internet');
    const outcomes = await client.connectAll(targets, PATIENCE);
    return targets.map((target, i) => [nameOf(way, target), fateOf(outcomes[i] ?? 'timeout')] as const);
  });
  return Object.fromEntries((await Promise.all(tries)).flat());
}
