import { edgePorts, edgeSources } from '../../../config/edge.ts';
import { systemPorts } from '../../../config/hosts/system-ports.ts';
import { annotationDomain } from '../../../config/names.ts';
import type { Cluster } from '../../../config/schema.ts';

/** A rule for incoming traffic, in the provider's form. */
export interface FirewallRule {
  readonly description: string;
  readonly direction: 'in';
  readonly protocol: 'tcp' | 'icmp';
  readonly port: string | null;
  readonly source_ips: string[];
}

/** A server as cluster.yaml wants it. */
export interface WantedServer {
  readonly alias: string;
  readonly name: string;
  readonly privateIPv4: string;
  /** As recorded in cluster.yaml; undefined before the provider has given one. */
  readonly publicIPv4: string | undefined;
  readonly publicIPv6: string | undefined;
}

/** What servers are made of, by the provider's names. */
export interface WantedProducts {
  readonly location: string;
  readonly serverType: string;
  readonly image: string;
}

/** What should be at the provider. */
export interface WantedCloud extends WantedProducts {
  /** Of the network, the placement group and the firewall. */
  readonly name: string;
  readonly privateCIDR: string;
  /** An OpenSSH public key: who provisions logs in with it the first time. */
  readonly publicKey: string;
  readonly rules: readonly FirewallRule[];
  readonly servers: readonly WantedServer[];
}

/** How resources of this deployment are called, and labelled so that they are found again. */
const NAME = 'honeydue';
export const ownLabels = { [`${annotationDomain}/deployment`]: NAME } as const;

/** The label of a server that says which node of cluster.yaml it is. */
export const NODE_LABEL = `${annotationDomain}/node`;

export const serverLabels = ({ alias }: WantedServer) => ({ ...ownLabels, [NODE_LABEL]: alias });

/** @throws Error when the provider is not Hetzner */
export function wantedProducts({ provider }: Cluster): WantedProducts {
  if (provider.kind !== 'hetzner') throw new Error(`provider ${provider.kind} has nothing at Hetzner`);
  const { location, serverType, image } = provider;
  return { location, serverType, image };
}

/**
 * What cluster.yaml asks of the provider.
 * @throws Error when its provider is not Hetzner
 */
export function wantedCloud(cluster: Cluster, publicKey: string): WantedCloud {
  const { network, nodes } = cluster;
  if (network.privateCIDR === undefined) throw new Error('there is no private network');
  return {
    ...wantedProducts(cluster),
    name: NAME,
    privateCIDR: network.privateCIDR,
    publicKey: publicKey.trim(),
    rules: firewallRules(cluster),
    servers: nodes.map(({ alias, hostname, privateIPv4, publicIPv4, publicIPv6 }) => {
      if (privateIPv4 === undefined) throw new Error(`${alias} has no privateIPv4`);
      return { alias, name: hostname, privateIPv4, publicIPv4, publicIPv6 };
    }),
  };
}

/** The provider takes no more networks in one rule. */
const MOST_SOURCES = 100;

/**
 * The outer wall: what may reach the servers' public addresses. It does not see the private network; the hosts'
 * own firewall does. Nothing is said of outgoing traffic, so all of it passes.
 */
export function firewallRules(cluster: Cluster): FirewallRule[] {
  const everybody = ['0.0.0.0/0', '::/0'];
  return [
    ...tcp('ssh', systemPorts.ssh, cluster.firewall.ssh),
    ...tcp('Kubernetes API', systemPorts.kubernetesAPI, cluster.firewall.kubernetesAPI),
    ...edgePorts(cluster).flatMap(({ name, port }) => tcp(name, port, edgeSources(cluster))),
    // Without it, path MTU discovery fails and large packets vanish.
    { description: 'icmp', direction: 'in', protocol: 'icmp', port: null, source_ips: everybody },
  ];
}

function tcp(description: string, port: number, sources: readonly string[]): FirewallRule[] {
  const rules: FirewallRule[] = [];
  for (let start = 0; start < sources.length; start += MOST_SOURCES) {
    const source_ips = sources.slice(start, start + MOST_SOURCES);
    rules.push({ description, direction: 'in', protocol: 'tcp', port: String(port), source_ips });
  }
  return rules;
}
