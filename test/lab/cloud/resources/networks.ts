import { z } from 'zod';
import { checkLabels } from '../api/labels.ts';
import { listReply } from '../api/listing.ts';
import { type Operation, operation, operationWithBody } from '../api/operation.ts';
import { instantAction } from '../state/actions.ts';
import { gatewayOf } from '../state/addresses.ts';
import { type CloudState, type NetworkRecord, takeId } from '../state/model.ts';
import { view } from './actions.ts';
import { labelsBody, nameBody, protectionBody, renameBody } from './bodies.ts';
import { networkOf, requireDeletable, requireUnchanging, requireUniqueName } from './lookup.ts';
import { applyNameAndLabels } from './name-and-labels.ts';
import { checkNetworkRange, routeBody, subnetBody, takeSubnet } from './subnets.ts';

const createBody = z.strictObject({
  name: nameBody,
  ip_range: z.string(),
  subnets: z.array(subnetBody).optional(),
  routes: z.array(routeBody).optional(),
  labels: labelsBody.optional(),
  expose_routes_to_vswitch: z.boolean().optional(),
});

const replaceBody = renameBody.extend({ expose_routes_to_vswitch: z.boolean().optional() });

/** Networks; their subnets and routes are in `subnets.ts`. */
export const networkOperations: readonly Operation[] = [
  operation('list_networks', 'GET', '/networks', (call) =>
    listReply(call, 'networks', call.state.networks, (network) => viewNetwork(call.state, network)),
  ),
  operationWithBody('create_network', 'POST', '/networks', createBody, ({ state, body, now }) => {
    requireUniqueName(state.networks, body.name, 'network');
    checkNetworkRange(body.ip_range);
    const network: NetworkRecord = {
      id: takeId(state),
      name: body.name,
      ipRange: body.ip_range,
      subnets: [],
      routes: body.routes ?? [],
      labels: checkLabels(body.labels),
      protection: { delete: false },
      exposeRoutesToVswitch: body.expose_routes_to_vswitch ?? false,
      created: now.toISOString(),
    };
    for (const subnet of body.subnets ?? []) network.subnets.push(takeSubnet(network, subnet));
    state.networks.push(network);
    return { status: 201, body: { network: viewNetwork(state, network) } };
  }),
  operation('get_network', 'GET', '/networks/{id}', (call) => ({
    status: 200,
    body: { network: viewNetwork(call.state, networkOf(call)) },
  })),
  operationWithBody('replace_network', 'PUT', '/networks/{id}', replaceBody, (call) => {
    const network = networkOf(call);
    requireUnchanging(call.state, 'network', network.id);
    applyNameAndLabels(call.state.networks, network, call.body, 'network');
    network.exposeRoutesToVswitch = call.body.expose_routes_to_vswitch ?? network.exposeRoutesToVswitch;
    return { status: 200, body: { network: viewNetwork(call.state, network) } };
  }),
  operation('delete_network', 'DELETE', '/networks/{id}', (call) => {
    const { state } = call;
    const network = networkOf(call);
    requireUnchanging(state, 'network', network.id);
    requireDeletable(network, 'network');
    // "Attached resources will be detached automatically."
    for (const server of state.servers) {
      server.privateNets = server.privateNets.filter((net) => net.network !== network.id);
    }
    state.networks = state.networks.filter(({ id }) => id !== network.id);
    return { status: 204 };
  }),
  operationWithBody(
    'change_network_protection',
    'POST',
    '/networks/{id}/actions/change_protection',
    protectionBody,
    (call) => {
      const network = networkOf(call);
      network.protection.delete = call.body.delete ?? network.protection.delete;
      const resources = [{ id: network.id, type: 'network' as const }];
      const action = instantAction(call.state, 'change_protection', resources, call.now);
      return { status: 201, body: { action: view(call, action) } };
    },
  ),
];

function viewNetwork(state: CloudState, network: NetworkRecord) {
  const attached = state.servers.filter((server) =>
    server.privateNets.some((net) => net.network === network.id),
  );
  return {
    id: network.id,
    name: network.name,
    ip_range: network.ipRange,
    subnets: network.subnets.map((subnet) => ({
      type: subnet.type,
      ip_range: subnet.ipRange,
      network_zone: subnet.networkZone,
      gateway: gatewayOf(network),
      vswitch_id: null,
    })),
    routes: network.routes,
    servers: attached.map(({ id }) => id),
    load_balancers: [],
    labels: network.labels,
    protection: network.protection,
    expose_routes_to_vswitch: network.exposeRoutesToVswitch,
    created: network.created,
  };
}
