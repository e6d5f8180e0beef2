import type { MachineNetwork, MachineSpec } from '../backend/backend.ts';
import { gatewayOf, ipv6HostOf } from '../state/addresses.ts';
import { images } from '../state/catalog.ts';
import type { Attachment, CloudState, ServerRecord } from '../state/model.ts';
import { byId } from './lookup.ts';

/** What the backend makes a server's machine from. */
export function machineSpec(state: CloudState, server: ServerRecord): MachineSpec {
  const owned = state.primaryIPs.filter(({ assignee }) => assignee === server.id);
  const ipv6 = owned.find(({ type }) => type === 'ipv6');
  return {
    id: server.id,
    name: server.name,
    serverType: server.serverType,
    image: images.find(({ id }) => id === server.image)?.name ?? '',
    location: server.location,
    publicIPv4: owned.find(({ type }) => type === 'ipv4')?.ip ?? null,
    publicIPv6: ipv6 ? ipv6HostOf(ipv6.ip) : null,
    userData: server.userData,
    publicKeys: server.publicKeys,
    privateNets: server.privateNets.map((attachment) => machineNetwork(state, attachment)),
  };
}

/** A private network as the machine sees it. */
export function machineNetwork(state: CloudState, attachment: Attachment): MachineNetwork {
  const network = byId(state.networks, attachment.network, 'network');
  return {
    network: network.id,
    ip: attachment.ip,
    ipRange: network.ipRange,
    gateway: gatewayOf(network),
    mac: attachment.mac,
  };
}
