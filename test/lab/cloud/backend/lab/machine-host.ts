import type { HostSpec } from '../../../hosts/spec.ts';
import { PRODUCTION_HOSTS } from '../../../hosts/spec.ts';
import { PRIVATE } from '../../../network/topology.ts';
import { contains } from '../../state/addresses.ts';
import type { MachineNetwork, MachineSpec } from '../backend.ts';

/** The lab's name of a server's host: that of production's host of this name, or one made of the id. */
export function aliasOf(machine: Pick<MachineSpec, 'id' | 'name'>): string {
  return PRODUCTION_HOSTS.find(({ hostname }) => hostname === machine.name)?.alias ?? `s-${machine.id}`;
}

/**
 * The host that a machine becomes.
 * @throws Error for what the lab's hosts cannot be
 */
export function hostSpecOf(machine: MachineSpec): HostSpec {
  const { publicIPv4, privateNets } = machine;
  if (!publicIPv4) throw new Error(`${machine.name}: the lab's hosts need a public IPv4 address`);
  const network = onlyNetwork(machine.name, privateNets);
  return {
    alias: aliasOf(machine),
    hostname: machine.name,
    publicIPv4,
    // The host's address on the public link; the /64 that the API shows is routed to it.
    publicIPv6: linkIPv6Of(publicIPv4),
    authorizedKeys: machine.publicKeys,
    ...(network ? { privateIPv4: network.ip } : {}),
    ...(machine.userData === '' ? {} : { userData: machine.userData }),
  };
}

/** A host's IPv6 address on the lab's public link. */
export function linkIPv6Of(publicIPv4: string): string {
  return `2001:db8:113::${publicIPv4.split('.').at(-1)}`;
}

/** The /64 around an address `…::1`. */
export function routedNetworkOf(address: string): string {
  return `${address.replace(/::1$/, '::')}/64`;
}

/** Refuses a private network that the lab has no bridge for. @throws Error */
export function requireLabNetwork(name: string, network: MachineNetwork): void {
  const { router, cidr, network: range } = PRIVATE.ipv4;
  if (network.gateway !== router || !contains(cidr, `${network.ip}/32`)) {
    throw new Error(
      `${name}: the lab's private network is ${range} with hosts in ${cidr}, so ${network.ip} of ` +
        `${network.ipRange} cannot be attached: use addresses of that network`,
    );
  }
}

function onlyNetwork(name: string, networks: readonly MachineNetwork[]): MachineNetwork | undefined {
  if (networks.length > 1) throw new Error(`${name}: the lab's hosts have one private network at most`);
  for (const network of networks) requireLabNetwork(name, network);
  return networks[0];
}
