import { type HostSpec, macOf } from '../../hosts/spec.ts';
import { images } from './catalog.ts';
import { type CloudState, emptyState, type NetworkRecord, type ServerRecord, takeId } from './model.ts';

// What production's servers are, as far as the API shows it.
const production = { serverType: 'cx33', location: 'nbg1', image: 'ubuntu-24.04' };

/** A project that holds these hosts as running servers, without labels: as if somebody had made them by hand. */
export function adoptHosts(hosts: readonly HostSpec[], now: Date): CloudState {
  const state = emptyState();
  const created = now.toISOString();
  const network = hosts.some(({ privateIPv4 }) => privateIPv4) ? addNetwork(state, created) : undefined;
  for (const host of hosts) addServer(state, host, network, created);
  return state;
}

function addNetwork(state: CloudState, created: string): NetworkRecord {
  const network: NetworkRecord = {
    id: takeId(state),
    name: 'network-1',
    ipRange: '10.0.0.0/16',
    subnets: [{ type: 'cloud', ipRange: '10.0.0.0/24', networkZone: 'eu-central' }],
    routes: [],
    labels: {},
    protection: { delete: false },
    exposeRoutesToVswitch: false,
    created,
  };
  state.networks.push(network);
  return network;
}

function addServer(
  state: CloudState,
  host: HostSpec,
  network: NetworkRecord | undefined,
  created: string,
): void {
  const server: ServerRecord = {
    id: takeId(state),
    name: host.hostname,
    status: 'running',
    created,
    labels: {},
    serverType: production.serverType,
    location: production.location,
    image: images.find(({ name }) => name === production.image)?.id ?? 0,
    privateNets: [],
    placementGroup: null,
    protection: { delete: false, rebuild: false },
    userData: host.userData ?? '',
    publicKeys: [...(host.authorizedKeys ?? [])],
  };
  if (network && host.privateIPv4) {
    const mac = macOf('private', host.privateIPv4);
    server.privateNets.push({ network: network.id, ip: host.privateIPv4, aliasIPs: [], mac });
  }
  state.servers.push(server);
  addAddresses(state, server, host, created);
}

function addAddresses(state: CloudState, server: ServerRecord, host: HostSpec, created: string): void {
  const ipv6 = `2001:db8:113:${host.publicIPv4.split('.').at(-1)}::/64`;
  for (const [type, ip] of [
    ['ipv4', host.publicIPv4],
    ['ipv6', ipv6],
  ] as const) {
    const id = takeId(state);
    state.primaryIPs.push({
      id,
      name: `primary_ip-${id}`,
      type,
      ip,
      assignee: server.id,
      autoDelete: true,
      labels: {},
      location: production.location,
      protection: { delete: false },
      dnsPtr: [],
      created,
    });
  }
  state.handedOut.push(host.publicIPv4);
}
