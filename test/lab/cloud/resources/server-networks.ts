import { z } from 'zod';
import { macOf } from '../../hosts/spec.ts';
import { ApiError, invalidField } from '../api/errors.ts';
import { type Operation, operationWithBody } from '../api/operation.ts';
import { startAction } from '../state/actions.ts';
import { contains, firstFree, isFree, overlap, toNumber } from '../state/addresses.ts';
import { byIdOrName, locations } from '../state/catalog.ts';
import { job } from '../state/jobs.ts';
import type {
  Attachment,
  CloudState,
  NetworkRecord,
  ResourceRef,
  ServerRecord,
  SubnetRecord,
} from '../state/model.ts';
import { view } from './actions.ts';
import { idBody } from './bodies.ts';
import { byId, requireUnlocked, serverOf } from './lookup.ts';
import { machineNetwork } from './machine.ts';

const attachBody = z.strictObject({
  network: idBody,
  ip: z.string().optional(),
  ip_range: z.string().optional(),
  alias_ips: z.array(z.string()).optional(),
});

const detachBody = z.strictObject({ network: idBody });

/** Attaching servers to private networks. */
export const serverNetworkOperations: readonly Operation[] = [
  operationWithBody(
    'attach_server_to_network',
    'POST',
    '/servers/{id}/actions/attach_to_network',
    attachBody,
    (call) => {
      const { state, body, now } = call;
      const server = serverOf(call);
      requireUnlocked(state, 'server', server.id);
      const attachment = attach(state, server, body);
      const action = startAction(state, 'attach_to_network', resources(server, attachment), now);
      const network = machineNetwork(state, attachment);
      return {
        status: 201,
        body: { action: view(call, action) },
        jobs: [job(action, { kind: 'attach-network', server: server.id, network })],
      };
    },
  ),
  operationWithBody(
    'detach_server_from_network',
    'POST',
    '/servers/{id}/actions/detach_from_network',
    detachBody,
    (call) => {
      const { state, body, now } = call;
      const server = serverOf(call);
      requireUnlocked(state, 'server', server.id);
      const attachment = server.privateNets.find(({ network }) => network === body.network);
      if (!attachment) throw invalidField('network', 'the server is not attached to this network');
      const network = machineNetwork(state, attachment);
      server.privateNets = server.privateNets.filter((net) => net !== attachment);
      const action = startAction(state, 'detach_from_network', resources(server, attachment), now);
      return {
        status: 201,
        body: { action: view(call, action) },
        jobs: [job(action, { kind: 'detach-network', server: server.id, network })],
      };
    },
  ),
];

/**
 * Gives a server an address in a network: the one asked for, or the lowest that is free.
 * @throws ApiError as the provider answers: already attached, overlap, address taken, no subnet
 */
export function attach(
  state: CloudState,
  server: ServerRecord,
  wanted: z.infer<typeof attachBody>,
): Attachment {
  const network = byId(state.networks, wanted.network, 'network');
  if (server.privateNets.some((net) => net.network === network.id)) {
    throw new ApiError('server_already_attached', 'the server is already attached to the network');
  }
  const others = server.privateNets.map((net) => byId(state.networks, net.network, 'network'));
  if (others.some((other) => overlap(other.ipRange, network.ipRange))) {
    throw new ApiError('networks_overlap', 'the network overlaps with one of the server’s networks');
  }
  const ip = chooseAddress(state, server, network, wanted);
  const attachment = { network: network.id, ip, aliasIPs: wanted.alias_ips ?? [], mac: macOf('private', ip) };
  server.privateNets.push(attachment);
  return attachment;
}

function chooseAddress(
  state: CloudState,
  server: ServerRecord,
  network: NetworkRecord,
  wanted: z.infer<typeof attachBody>,
): string {
  const zone = byIdOrName(locations, server.location)?.network_zone;
  const subnets = network.subnets.filter(
    ({ networkZone, ipRange }) =>
      networkZone === zone && (wanted.ip_range === undefined || ipRange === wanted.ip_range),
  );
  if (wanted.ip === undefined) return freeAddress(state, network, subnets);
  const { ip } = wanted;
  if (Number.isNaN(toNumber(ip))) throw invalidField('ip', `'${ip}' is not an IPv4 address`);
  const subnet = subnets.find(({ ipRange }) => contains(ipRange, `${ip}/32`));
  if (!subnet || !isFree(state, network, subnet, ip)) {
    throw new ApiError('ip_not_available', `the IP ${ip} is not available in the network`);
  }
  return ip;
}

function freeAddress(state: CloudState, network: NetworkRecord, subnets: readonly SubnetRecord[]): string {
  for (const subnet of subnets) {
    const ip = firstFree(state, network, subnet);
    if (ip) return ip;
  }
  throw new ApiError('no_subnet_available', 'no subnet or IP is available for the server in the network');
}

function resources(server: ServerRecord, attachment: Attachment): ResourceRef[] {
  return [
    { id: server.id, type: 'server' },
    { id: attachment.network, type: 'network' },
  ];
}
