import type { Call } from '../api/operation.ts';
import { isBusy } from '../state/actions.ts';
import { byIdOrName, images, locations, serverTypes } from '../state/catalog.ts';
import type { CloudState, FirewallRecord, ServerRecord } from '../state/model.ts';
import { firewallsOf } from './firewall-targets.ts';
import { viewImage } from './images.ts';
import { viewPlacementGroup } from './placement-groups.ts';
import { defaultName } from './primary-ip.ts';
import { viewServerType } from './server-types.ts';

/** A server as the API shows it. */
export function viewServer({ state }: Pick<Call, 'state'>, server: ServerRecord) {
  const type = byIdOrName(serverTypes, server.serverType);
  const image = images.find(({ id }) => id === server.image);
  const group = state.placementGroups.find(({ id }) => id === server.placementGroup);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: server.created,
    public_net: viewPublicNet(state, server),
    private_net: server.privateNets.map((net) => ({
      network: net.network,
      ip: net.ip,
      alias_ips: net.aliasIPs,
      mac_address: net.mac,
    })),
    server_type: type ? viewServerType(state, type) : undefined,
    location: byIdOrName(locations, server.location),
    image: image ? viewImage(image) : null,
    iso: null,
    rescue_enabled: false,
    locked: isBusy(state, 'server', server.id),
    backup_window: null,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: 21_990_232_555_520,
    protection: server.protection,
    labels: server.labels,
    volumes: [],
    load_balancers: [],
    primary_disk_size: type?.disk,
    placement_group: group ? viewPlacementGroup(state, group) : null,
  };
}

function viewPublicNet(state: CloudState, server: ServerRecord) {
  const owned = state.primaryIPs.filter(({ assignee }) => assignee === server.id);
  const ipv4 = owned.find(({ type }) => type === 'ipv4');
  const ipv6 = owned.find(({ type }) => type === 'ipv6');
  return {
    ipv4: ipv4 ? { id: ipv4.id, ip: ipv4.ip, blocked: false, dns_ptr: defaultName(ipv4.ip) } : null,
    ipv6: ipv6 ? { id: ipv6.id, ip: ipv6.ip, blocked: false, dns_ptr: ipv6.dnsPtr } : null,
    floating_ips: [],
    firewalls: firewallsOf(state, server).map((firewall) => ({
      id: firewall.id,
      status: isPending(state, firewall, server) ? 'pending' : 'applied',
    })),
  };
}

function isPending(state: CloudState, firewall: FirewallRecord, server: ServerRecord): boolean {
  return state.actions.some(
    (action) =>
      action.status === 'running' &&
      action.command === 'apply_firewall' &&
      [firewall.id, server.id].every((id) => action.resources.some((resource) => resource.id === id)),
  );
}
