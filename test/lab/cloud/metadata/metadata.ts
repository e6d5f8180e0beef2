import { stringify } from 'yaml';
import { contains, gatewayOf } from '../state/addresses.ts';
import { byIdOrName, locations } from '../state/catalog.ts';
import type { CloudState, NetworkRecord, ServerRecord } from '../state/model.ts';

/** Where the provider's metadata service lives, on 169.254.169.254. */
export const metadataRoot = '/hetzner/v1';

/**
 * Answers a path of the metadata service for the server that asks; undefined when there is nothing.
 * @param address the address that the request came from: a server is known by it
 */
export function readMetadata(state: CloudState, address: string, path: string): string | undefined {
  const server = serverAt(state, address);
  if (!server) return undefined;
  if (path === `${metadataRoot}/userdata`) return server.userData || undefined;
  if (path === `${metadataRoot}/metadata`) return stringify(summary(state, server));
  const field = path.startsWith(`${metadataRoot}/metadata/`) ? path.split('/').at(-1) : undefined;
  switch (field) {
    case 'private-networks':
      return stringify(privateNetworks(state, server));
    case 'hostname':
    case 'instance-id':
    case 'public-ipv4':
    case 'availability-zone':
    case 'region':
      return String(summary(state, server)[field]);
    default:
      return undefined;
  }
}

/** The server that owns an address, public or private. */
function serverAt(state: CloudState, address: string): ServerRecord | undefined {
  const owner = state.primaryIPs.find(({ ip }) => ip === address)?.assignee;
  return state.servers.find(
    ({ id, privateNets }) => id === owner || privateNets.some(({ ip }) => ip === address),
  );
}

function summary(state: CloudState, server: ServerRecord) {
  const location = byIdOrName(locations, server.location);
  const ipv4 = state.primaryIPs.find(({ assignee, type }) => assignee === server.id && type === 'ipv4');
  return {
    // The service still names a zone, whose number the API no longer gives.
    'availability-zone': `${server.location}-dc1`,
    hostname: server.name,
    'instance-id': server.id,
    'local-ipv4': '',
    'public-ipv4': ipv4?.ip ?? '',
    'public-keys': server.publicKeys,
    region: location?.network_zone ?? '',
  };
}

function privateNetworks(state: CloudState, server: ServerRecord) {
  return server.privateNets.map((attachment, index) => {
    const network = state.networks.find(({ id }) => id === attachment.network);
    return {
      ip: attachment.ip,
      alias_ips: attachment.aliasIPs,
      interface_num: index + 1,
      mac_address: attachment.mac,
      network_id: attachment.network,
      network_name: network?.name,
      network: network?.ipRange,
      subnet: network && subnetOf(network, attachment.ip),
      gateway: network && gatewayOf(network),
    };
  });
}

function subnetOf(network: NetworkRecord, ip: string): string | undefined {
  return network.subnets.find(({ ipRange }) => contains(ipRange, `${ip}/32`))?.ipRange;
}
