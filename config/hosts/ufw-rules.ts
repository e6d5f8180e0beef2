import { nodeAddress } from '../addresses.ts';
import { edgePorts, edgeSources } from '../edge.ts';
import { ports } from '../ports.ts';
import type { Cluster, Node } from '../schema.ts';
import { flannel, POD_BRIDGE } from './flannel.ts';
import { systemPorts } from './system-ports.ts';
import type { PortRange, UfwRule } from './ufw-rule.ts';

/**
 * Every rule of a node's firewall, in the order in which UFW asks them: the first that fits decides. What none of
 * them fits is refused, incoming and routed alike (N-6); answers to what was allowed always pass.
 */
export function ufwRules(cluster: Cluster, node: Node): UfwRule[] {
  return [
    // Above everything, so that no other rule can lock us out.
    ...ssh(cluster),
    ...edge(cluster),
    ...kubernetesAPI(cluster),
    ...fromPeers(cluster, node),
    ...fromPods(cluster, node),
    // Before the rule that lets pods go anywhere.
    ...podsToPeers(cluster, node),
    ...podTraffic(cluster),
  ];
}

type Service = NonNullable<UfwRule['service']>;
const tcp = (...list: (number | PortRange)[]): Service => ({ protocol: 'tcp', ports: list });
const udp = (...list: number[]): Service => ({ protocol: 'udp', ports: list });

/** Not `limit`: six connections in half a minute are few for scripts. fail2ban stops those who guess. */
function ssh({ firewall }: Cluster): UfwRule[] {
  const reason = 'firewall.ssh: who may try to log in';
  const service = tcp(systemPorts.ssh);
  return firewall.ssh.map((from) => ({ ...incoming, from, service, tag: 'ssh', reason }));
}

function edge(cluster: Cluster): UfwRule[] {
  const reason = `edge.tls ${cluster.edge.tls}: the proxy's networks reach Traefik, nobody else does`;
  const service = tcp(...edgePorts(cluster).map(({ port }) => port));
  return edgeSources(cluster).map((from) => ({ ...incoming, from, service, tag: 'edge', reason }));
}

function kubernetesAPI({ firewall }: Cluster): UfwRule[] {
  const reason = 'firewall.kubernetesAPI: operators who use kubectl without a tunnel';
  const service = tcp(systemPorts.kubernetesAPI);
  return firewall.kubernetesAPI.map((from) => ({
    ...incoming,
    from,
    service,
    tag: 'kubernetes api',
    reason,
  }));
}

const incoming = { action: 'allow', traffic: 'incoming' } as const;

/** From the other servers, address by address, to the node's address inside the cluster and no other (N-7). */
function fromPeers(cluster: Cluster, node: Node): UfwRule[] {
  const { port, backend } = flannel(cluster);
  const services: readonly (readonly [string, Service, string])[] = [
    [
      'kubernetes api',
      tcp(systemPorts.kubernetesAPI),
      'servers join here, and pods of other nodes arrive by it',
    ],
    ['etcd', tcp(systemPorts.etcd), 'the servers replicate their data'],
    ['kubelet', tcp(systemPorts.kubelet), 'logs, exec and figures of pods'],
    ['pod network', udp(port), `${backend}: packets between pods of different nodes`],
    // A pod's packet to another node arrives with its node's address.
    [
      'traefik metrics',
      tcp(ports.traefikMetrics),
      'vmagent reads Traefik on every node, from whichever it runs on',
    ],
  ];
  return services.flatMap(([tag, service, reason]) =>
    peersOf(cluster, node).map((peer) => ({
      ...incoming,
      from: nodeAddress(peer),
      to: nodeAddress(node),
      service,
      tag: `${tag} from ${peer.alias}`,
      reason,
    })),
  );
}

/** From the node's own pods to the node itself (N-13). */
function fromPods({ network }: Cluster, node: Node): UfwRule[] {
  const services: readonly (readonly [string, number, string])[] = [
    ['kubernetes api', systemPorts.kubernetesAPI, "the cluster's own pods talk to the API server"],
    ['kubelet', systemPorts.kubelet, 'metrics-server asks the kubelet'],
    ['traefik metrics', ports.traefikMetrics, 'vmagent reads the Traefik of its own node'],
  ];
  return services.map(([tag, port, reason]) => ({
    ...incoming,
    in: POD_BRIDGE,
    from: network.podCIDR,
    to: nodeAddress(node),
    service: tcp(port),
    tag: `${tag} from pods`,
    reason,
  }));
}

/**
 * A pod's packet to another node leaves with this node's address, so the rules for peers over there would let any pod
 * into ssh, etcd and, with forged packets, the pod network (N-11). The API server, the kubelet and Traefik's metrics stay
 * reachable: they have users among pods.
 */
function podsToPeers(cluster: Cluster, node: Node): UfwRule[] {
  const { privateCIDR, podCIDR } = cluster.network;
  const targets = privateCIDR === undefined ? peersOf(cluster, node).map(nodeAddress) : [privateCIDR];
  const reason = "pods would pass as their node: other nodes' ssh, etcd and pod network are not theirs";
  return targets.flatMap((to) =>
    [tcp(systemPorts.ssh, systemPorts.etcd), udp(flannel(cluster).port)].map(
      (service): UfwRule => ({
        action: 'deny',
        traffic: 'routed',
        in: POD_BRIDGE,
        from: podCIDR,
        to,
        service,
        tag: 'pods to nodes',
        reason,
      }),
    ),
  );
}

/** Between pods, and from pods to the rest of the world. Network policies say more (N-13). */
function podTraffic(cluster: Cluster): UfwRule[] {
  const { podCIDR } = cluster.network;
  const allowed = { action: 'allow', traffic: 'routed', from: podCIDR } as const;
  return [
    {
      ...allowed,
      in: POD_BRIDGE,
      tag: 'pods to anywhere',
      reason: 'what network policies allow pods to reach',
    },
    {
      ...allowed,
      in: flannel(cluster).device,
      out: POD_BRIDGE,
      to: podCIDR,
      tag: 'pods of other nodes',
      reason: 'pods and hosts of other nodes reach the pods of this one',
    },
  ];
}

/** All other servers. */
function peersOf({ nodes }: Cluster, { alias }: Node): Node[] {
  return nodes.filter((other) => other.alias !== alias);
}
