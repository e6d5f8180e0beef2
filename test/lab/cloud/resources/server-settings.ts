import { z } from 'zod';
import { ApiError } from '../api/errors.ts';
import { type Call, type Operation, operation, operationWithBody, type Reply } from '../api/operation.ts';
import { instantAction } from '../state/actions.ts';
import type { ServerRecord } from '../state/model.ts';
import { view } from './actions.ts';
import { idBody } from './bodies.ts';
import { byId, requireUnlocked, serverOf } from './lookup.ts';
import { requireRoom } from './placement-groups.ts';

const protectionBody = z.strictObject({
  delete: z.boolean().optional(),
  rebuild: z.boolean().optional(),
});

const placementBody = z.strictObject({ placement_group: idBody });

/** Protection and placement of servers. */
export const serverSettingOperations: readonly Operation[] = [
  operationWithBody(
    'change_server_protection',
    'POST',
    '/servers/{id}/actions/change_protection',
    protectionBody,
    (call) => {
      const server = serverOf(call);
      server.protection.delete = call.body.delete ?? server.protection.delete;
      server.protection.rebuild = call.body.rebuild ?? server.protection.rebuild;
      return changed(call, 'change_protection', server);
    },
  ),
  operationWithBody(
    'add_server_to_placement_group',
    'POST',
    '/servers/{id}/actions/add_to_placement_group',
    placementBody,
    (call) => {
      const server = serverOf(call);
      requireUnlocked(call.state, 'server', server.id);
      if (server.status !== 'off') {
        throw new ApiError('server_not_stopped', 'the action requires a stopped server');
      }
      const group = byId(call.state.placementGroups, call.body.placement_group, 'placement group');
      requireRoom(call.state, group);
      server.placementGroup = group.id;
      return changed(call, 'add_to_placement_group', server);
    },
  ),
  operation(
    'remove_from_placement_group',
    'POST',
    '/servers/{id}/actions/remove_from_placement_group',
    (call) => {
      const server = serverOf(call);
      server.placementGroup = null;
      return changed(call, 'remove_from_placement_group', server);
    },
  ),
];

function changed(call: Call, command: string, server: ServerRecord): Reply {
  const action = instantAction(call.state, command, [{ id: server.id, type: 'server' }], call.now);
  return { status: 201, body: { action: view(call, action) } };
}
