import { z } from 'zod';
import { ApiError, invalidField } from '../api/errors.ts';
import { type Call, type Operation, operation, operationWithBody } from '../api/operation.ts';
import { instantAction, startAction } from '../state/actions.ts';
import { waitJob } from '../state/jobs.ts';
import type { CloudState, PrimaryIPRecord, ResourceRef, ServerRecord } from '../state/model.ts';
import { view } from './actions.ts';
import { idBody, protectionBody } from './bodies.ts';
import { byId, primaryIPOf } from './lookup.ts';

const assignBody = z.strictObject({ assignee_id: idBody, assignee_type: z.literal('server') });

/** Assigning, unassigning and protecting Primary IPs. */
export const primaryIPAssignmentOperations: readonly Operation[] = [
  operationWithBody(
    'assign_primary_ip_to_resource',
    'POST',
    '/primary_ips/{id}/actions/assign',
    assignBody,
    (call) => {
      const ip = primaryIPOf(call);
      const server = byId(call.state.servers, call.body.assignee_id, 'server');
      assign(call.state, ip, server);
      return started(call, 'assign_primary_ip', ip, server.id);
    },
  ),
  operation('unassign_primary_ip_from_resource', 'POST', '/primary_ips/{id}/actions/unassign', (call) => {
    const ip = primaryIPOf(call);
    if (ip.assignee === null) throw invalidField('id', 'primary IP is not assigned');
    const server = byId(call.state.servers, ip.assignee, 'server');
    requireStopped(server);
    ip.assignee = null;
    return started(call, 'unassign_primary_ip', ip, server.id);
  }),
  operationWithBody(
    'change_primary_ip_protection',
    'POST',
    '/primary_ips/{id}/actions/change_protection',
    protectionBody,
    (call) => {
      const ip = primaryIPOf(call);
      if (call.body.delete && ip.autoDelete) {
        throw invalidField('delete', 'cannot be set while auto_delete is true');
      }
      ip.protection.delete = call.body.delete ?? ip.protection.delete;
      const resources: ResourceRef[] = [{ id: ip.id, type: 'primary_ip' }];
      const action = instantAction(call.state, 'change_protection', resources, call.now);
      return { status: 201, body: { action: view(call, action) } };
    },
  ),
];

/**
 * Gives a Primary IP to a server.
 * @throws ApiError when the server runs, has one of the type already, or is elsewhere
 */
export function assign(state: CloudState, ip: PrimaryIPRecord, server: ServerRecord): void {
  requireStopped(server);
  if (ip.assignee !== null) {
    throw new ApiError('primary_ip_already_assigned', 'primary IP is already assigned to a different server');
  }
  if (ip.location !== server.location) {
    throw invalidField('assignee_id', 'the server is in another location than the primary IP');
  }
  if (state.primaryIPs.some((other) => other.assignee === server.id && other.type === ip.type)) {
    const code = ip.type === 'ipv4' ? 'server_has_ipv4' : 'server_has_ipv6';
    throw new ApiError(code, `the server already has an ${ip.type} address`);
  }
  ip.assignee = server.id;
}

function requireStopped(server: ServerRecord): void {
  if (server.status !== 'off') throw new ApiError('server_not_stopped', 'the server must be powered off');
}

function started(call: Call, command: string, ip: PrimaryIPRecord, server: number) {
  const resources: ResourceRef[] = [
    { id: ip.id, type: 'primary_ip' },
    { id: server, type: 'server' },
  ];
  const action = startAction(call.state, command, resources, call.now);
  return { status: 201, body: { action: view(call, action) }, jobs: [waitJob(action)] };
}
