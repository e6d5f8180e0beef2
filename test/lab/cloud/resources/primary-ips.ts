import { z } from 'zod';
import { ApiError, invalidField } from '../api/errors.ts';
import { checkLabels } from '../api/labels.ts';
import { filterBy, listReply } from '../api/listing.ts';
import { type Operation, operation, operationWithBody } from '../api/operation.ts';
import { startAction } from '../state/actions.ts';
import { byIdOrName, locations } from '../state/catalog.ts';
import { waitJob } from '../state/jobs.ts';
import { view } from './actions.ts';
import { idBody, labelsBody, nameBody, renameBody } from './bodies.ts';
import { byId, primaryIPOf, requireDeletable, requireUniqueName } from './lookup.ts';
import { applyNameAndLabels } from './name-and-labels.ts';
import { newPrimaryIP, viewPrimaryIP } from './primary-ip.ts';
import { assign } from './primary-ip-assignment.ts';

const createBody = z.strictObject({
  name: nameBody,
  type: z.enum(['ipv4', 'ipv6']),
  assignee_type: z.literal('server'),
  assignee_id: idBody.nullish(),
  location: z.string().optional(),
  auto_delete: z.boolean().optional(),
  labels: labelsBody.optional(),
});

const replaceBody = renameBody.extend({ auto_delete: z.boolean().optional() });

/** Primary IPs; assigning them is in `primary-ip-assignment.ts`. */
export const primaryIPOperations: readonly Operation[] = [
  operation('list_primary_ips', 'GET', '/primary_ips', (call) => {
    const found = filterBy(call.state.primaryIPs, call.query, 'ip', ({ ip }) => ip);
    return listReply(call, 'primary_ips', found, viewPrimaryIP);
  }),
  operationWithBody('create_primary_ip', 'POST', '/primary_ips', createBody, (call) => {
    const { state, body, now } = call;
    requireUniqueName(state.primaryIPs, body.name, 'primary IP');
    const server = body.assignee_id ? byId(state.servers, body.assignee_id, 'server') : undefined;
    if (server && body.location) throw invalidField('location', 'excludes assignee_id');
    const location = byIdOrName(locations, server?.location ?? body.location ?? '');
    if (!location) throw invalidField('location', 'is required, as the ID or name of a location');
    const ip = newPrimaryIP(call, {
      name: body.name,
      type: body.type,
      location: location.name,
      autoDelete: body.auto_delete ?? false,
      labels: checkLabels(body.labels),
      near: null,
    });
    if (!server) return { status: 201, body: { primary_ip: viewPrimaryIP(ip) } };
    assign(state, ip, server);
    const resources = [
      { id: ip.id, type: 'primary_ip' as const },
      { id: server.id, type: 'server' as const },
    ];
    const action = startAction(state, 'assign_primary_ip', resources, now);
    return {
      status: 201,
      body: { primary_ip: viewPrimaryIP(ip), action: view(call, action) },
      jobs: [waitJob(action)],
    };
  }),
  operation('get_primary_ip', 'GET', '/primary_ips/{id}', (call) => ({
    status: 200,
    body: { primary_ip: viewPrimaryIP(primaryIPOf(call)) },
  })),
  operationWithBody('replace_primary_ip', 'PUT', '/primary_ips/{id}', replaceBody, (call) => {
    const ip = primaryIPOf(call);
    applyNameAndLabels(call.state.primaryIPs, ip, call.body, 'primary IP');
    ip.autoDelete = call.body.auto_delete ?? ip.autoDelete;
    return { status: 200, body: { primary_ip: viewPrimaryIP(ip) } };
  }),
  operation('delete_primary_ip', 'DELETE', '/primary_ips/{id}', (call) => {
    const ip = primaryIPOf(call);
    requireDeletable(ip, 'primary IP');
    // Since 2026-05-01 an assigned Primary IP is refused instead of being unassigned.
    if (ip.assignee !== null) throw new ApiError('must_be_unassigned', 'primary IP must be unassigned first');
    call.state.primaryIPs = call.state.primaryIPs.filter(({ id }) => id !== ip.id);
    return { status: 204 };
  }),
];
