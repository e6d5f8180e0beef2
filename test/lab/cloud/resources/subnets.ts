import { z } from 'zod';
import { ApiError, invalidField, notFound } from '../api/errors.ts';
import { type Call, type Operation, operationWithBody, type Reply } from '../api/operation.ts';
import { startAction } from '../state/actions.ts';
import { contains, overlap, rangeOf, toAddress, toNumber } from '../state/addresses.ts';
import { locations } from '../state/catalog.ts';
import { waitJob } from '../state/jobs.ts';
import type { NetworkRecord, SubnetRecord } from '../state/model.ts';
import { view } from './actions.ts';
import { networkOf, requireUnchanging } from './lookup.ts';

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** A subnet as requests carry it. vSwitches need the provider's dedicated servers and are not emulated. */
export const subnetBody = z.strictObject({
  type: z.enum(['cloud', 'server']),
  ip_range: z.string().optional(),
  network_zone: z.string(),
});

/** A route as requests carry it. */
export const routeBody = z.strictObject({ destination: z.string(), gateway: z.string() });

const deleteSubnetBody = z.strictObject({ ip_range: z.string() });

/** Subnets and routes of a network. */
export const subnetOperations: readonly Operation[] = [
  operationWithBody(
    'add_subnet_to_network',
    'POST',
    '/networks/{id}/actions/add_subnet',
    subnetBody,
    (call) =>
      change(call, 'add_subnet', (network) => {
        network.subnets.push(takeSubnet(network, call.body));
      }),
  ),
  operationWithBody(
    'delete_subnet_from_network',
    'POST',
    '/networks/{id}/actions/delete_subnet',
    deleteSubnetBody,
    (call) =>
      change(call, 'delete_subnet', (network) => {
        const range = call.body.ip_range;
        if (!network.subnets.some(({ ipRange }) => ipRange === range)) throw notFound('subnet', range);
        if (attachedAddresses(call, network).some((ip) => contains(range, `${ip}/32`))) {
          throw new ApiError('resource_in_use', 'subnet still has attached resources');
        }
        network.subnets = network.subnets.filter(({ ipRange }) => ipRange !== range);
      }),
  ),
  operationWithBody('add_route_to_network', 'POST', '/networks/{id}/actions/add_route', routeBody, (call) =>
    change(call, 'add_route', (network) => {
      network.routes.push(call.body);
    }),
  ),
  operationWithBody(
    'delete_route_from_network',
    'POST',
    '/networks/{id}/actions/delete_route',
    routeBody,
    (call) =>
      change(call, 'delete_route', (network) => {
        const { destination, gateway } = call.body;
        network.routes = network.routes.filter(
          (route) => route.destination !== destination || route.gateway !== gateway,
        );
      }),
  ),
];

/**
 * Refuses a network range that is not private or not in canonical form.
 * @throws ApiError `invalid_input`
 */
export function checkNetworkRange(range: string): void {
  if (!rangeOf(range)) throw invalidField('ip_range', `'${range}' is not an IPv4 network`);
  if (!privateRanges.some((allowed) => contains(allowed, range))) {
    throw invalidField('ip_range', `'${range}' is outside the RFC 1918 ranges`);
  }
}

/** Reads a subnet for this network; without a range it is the first free /24. */
export function takeSubnet(network: NetworkRecord, body: z.infer<typeof subnetBody>): SubnetRecord {
  if (!locations.some(({ network_zone }) => network_zone === body.network_zone)) {
    throw invalidField('network_zone', `network zone '${body.network_zone}' does not exist`);
  }
  const ipRange = body.ip_range ?? firstFreeSubnet(network);
  if (!rangeOf(ipRange)) throw invalidField('ip_range', `'${ipRange}' is not an IPv4 network`);
  if (!contains(network.ipRange, ipRange)) {
    throw invalidField('ip_range', `'${ipRange}' is not within the network's range ${network.ipRange}`);
  }
  if (network.subnets.some((subnet) => overlap(subnet.ipRange, ipRange))) {
    throw invalidField('ip_range', `'${ipRange}' overlaps with another subnet`);
  }
  return { type: body.type, ipRange, networkZone: body.network_zone };
}

function firstFreeSubnet(network: NetworkRecord): string {
  const range = rangeOf(network.ipRange);
  const start = toNumber(network.ipRange.split('/')[0] ?? '');
  for (let number = start; range && number + 255 <= range.last; number += 256) {
    const candidate = `${toAddress(number)}/24`;
    if (!network.subnets.some((subnet) => overlap(subnet.ipRange, candidate))) return candidate;
  }
  throw new ApiError('no_subnet_available', 'no /24 is left in the network');
}

function attachedAddresses(call: Call, network: NetworkRecord): string[] {
  return call.state.servers
    .flatMap((server) => server.privateNets)
    .filter((net) => net.network === network.id)
    .map((net) => net.ip);
}

function change(call: Call, command: string, apply: (network: NetworkRecord) => void): Reply {
  const network = networkOf(call);
  requireUnchanging(call.state, 'network', network.id);
  apply(network);
  const action = startAction(call.state, command, [{ id: network.id, type: 'network' }], call.now);
  return { status: 201, body: { action: view(call, action) }, jobs: [waitJob(action)] };
}
