import ipaddr from 'ipaddr.js';
import { contains, firstAddress, overlap } from './cidr.ts';
import type { Path, Problem } from './problem.ts';
import { problem, type Rule } from './rule.ts';
import type { Cluster, Node } from './schema.ts';

/** Nodes, their names and addresses, and the networks they live in. */
export const addressRules: readonly Rule[] = [
  { reads: ['nodes'], problems: oddNumberOfServers },
  { reads: ['nodes'], problems: uniqueNamesAndAddresses },
  { reads: ['nodes', 'network', 'provider.kind'], problems: privateNetworkForAllOrNone },
  { reads: ['nodes', 'provider.kind'], problems: addressesOfExistingHosts },
  { reads: ['nodes', 'network'], problems: privateAddressesInside },
  { reads: ['nodes', 'network'], problems: publicAddressesOutside },
  { reads: ['network'], problems: separateNetworks },
  { reads: ['network'], problems: roomForServices },
  { reads: ['firewall.ssh'], problems: sshFromSomewhere },
  { reads: ['firewall.ssh'], problems: ({ firewall }) => apart(['firewall', 'ssh'], firewall.ssh) },
  {
    reads: ['firewall.kubernetesAPI'],
    problems: ({ firewall }) => apart(['firewall', 'kubernetesAPI'], firewall.kubernetesAPI),
  },
  {
    reads: ['edge.proxyRanges'],
    problems: ({ edge }) => apart(['edge', 'proxyRanges'], edge.proxyRanges ?? []),
  },
];

function oddNumberOfServers({ nodes }: Cluster): Problem[] {
  if ([3, 5, 7].includes(nodes.length)) return [];
  return [
    problem(['nodes'], nodes, '3, 5 or 7 servers: etcd needs a majority of an odd number to survive a loss'),
  ];
}

const UNIQUE = ['alias', 'hostname', 'privateIPv4', 'publicIPv4', 'publicIPv6'] as const;

function uniqueNamesAndAddresses({ nodes }: Cluster): Problem[] {
  const seen = new Map<string, string>();
  const problems: Problem[] = [];
  nodes.forEach((node, i) => {
    for (const key of UNIQUE) {
      const value = node[key];
      if (value === undefined) continue;
      // A node may be known by one word in ssh and in k3s.
      if (key === 'hostname' && value === node.alias) continue;
      const first = seen.get(value);
      if (first)
        problems.push(problem(['nodes', i, key], value, `a value of its own; ${first} has this one`));
      else seen.set(value, `nodes[${i}].${key}`);
    }
  });
  return problems;
}

function privateNetworkForAllOrNone({ nodes, network, provider }: Cluster): Problem[] {
  const problems: Problem[] = [];
  if (provider.kind === 'hetzner' && network.privateCIDR === undefined) {
    problems.push(problem(['network', 'privateCIDR'], undefined, 'a network: provider hetzner creates it'));
  }
  nodes.forEach((node, i) => {
    const path: Path = ['nodes', i, 'privateIPv4'];
    if (network.privateCIDR && !node.privateIPv4) {
      problems.push(problem(path, undefined, `an address in network.privateCIDR, ${network.privateCIDR}`));
    }
    if (!network.privateCIDR && node.privateIPv4 && provider.kind === 'static') {
      problems.push(problem(path, node.privateIPv4, 'nothing, as network.privateCIDR is not set'));
    }
  });
  return problems;
}

/** Hetzner gives servers their public addresses, and provisioning records them; nobody else does. */
function addressesOfExistingHosts({ nodes, provider }: Cluster): Problem[] {
  if (provider.kind !== 'static') return [];
  const allowed = 'the address by which the host is reached: provider static has hosts that exist';
  return nodes.flatMap(({ publicIPv4 }, i) =>
    publicIPv4 === undefined ? [problem(['nodes', i, 'publicIPv4'], undefined, allowed)] : [],
  );
}

function privateAddressesInside({ nodes, network: { privateCIDR } }: Cluster): Problem[] {
  if (!privateCIDR) return [];
  const gateway = firstAddress(privateCIDR);
  const reserved = [
    ipaddr.IPv4.networkAddressFromCIDR(privateCIDR).toString(),
    ipaddr.IPv4.broadcastAddressFromCIDR(privateCIDR).toString(),
    gateway,
  ];
  return nodes.flatMap(({ privateIPv4 }, i) => {
    if (!privateIPv4 || (contains(privateCIDR, privateIPv4) && !reserved.includes(privateIPv4))) return [];
    const allowed = `a free address in network.privateCIDR, ${privateCIDR}; ${gateway} is its gateway`;
    return [problem(['nodes', i, 'privateIPv4'], privateIPv4, allowed)];
  });
}

function publicAddressesOutside({ nodes, network }: Cluster): Problem[] {
  return nodes.flatMap(({ publicIPv4 }: Node, i) =>
    Object.entries(network)
      .filter(([, cidr]) => publicIPv4 !== undefined && contains(cidr, publicIPv4))
      .map(([key, cidr]) =>
        problem(['nodes', i, 'publicIPv4'], publicIPv4, `an address outside network.${key}, ${cidr}`),
      ),
  );
}

function separateNetworks({ network }: Cluster): Problem[] {
  const networks = Object.entries(network);
  return networks.flatMap(([key, cidr], i) =>
    networks
      .slice(0, i)
      .filter(([, other]) => overlap(cidr, other))
      .map(([otherKey, other]) =>
        problem(['network', key], cidr, `a network apart from network.${otherKey}, ${other}`),
      ),
  );
}

/** Of a smaller range Kubernetes reserves too few addresses for fixed ClusterIPs; see addresses.ts. */
const LARGEST_SERVICE_PREFIX = 20;
/** Each node takes a /24 of the pod network. */
const LARGEST_POD_PREFIX = 20;

function roomForServices({ network: { serviceCIDR, podCIDR } }: Cluster): Problem[] {
  const tooSmall = (key: string, cidr: string, largest: number) =>
    Number(cidr.split('/')[1]) > largest
      ? [problem(['network', key], cidr, `a network of /${largest} or larger`)]
      : [];
  return [
    ...tooSmall('podCIDR', podCIDR, LARGEST_POD_PREFIX),
    ...tooSmall('serviceCIDR', serviceCIDR, LARGEST_SERVICE_PREFIX),
  ];
}

/** Provisioning comes by ssh, and would lock itself out. */
function sshFromSomewhere({ firewall: { ssh } }: Cluster): Problem[] {
  if (ssh.length > 0) return [];
  return [problem(['firewall', 'ssh'], ssh, 'at least one network, or nobody could log in to the servers')];
}

/** Of two rules for one address, the second is never reached, and removing the first changes nothing. */
function apart(list: Path, sources: readonly string[]): Problem[] {
  return sources.flatMap((source, i) => {
    const first = sources.slice(0, i).find((other) => overlap(source, other));
    if (first === undefined) return [];
    return [problem([...list, i], source, `a network apart from the others; ${first} overlaps it`)];
  });
}
