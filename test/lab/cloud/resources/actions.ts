import { ApiError } from '../api/errors.ts';
import { filterBy, listReply } from '../api/listing.ts';
import { type Call, idParam, type Operation, operation } from '../api/operation.ts';
import { viewAction } from '../state/actions.ts';
import type { ActionRecord, ResourceRef } from '../state/model.ts';
import { byId } from './lookup.ts';

/** Actions by id, wherever they belong. */
const general: readonly Operation[] = [
  operation('get_multiple_actions', 'GET', '/actions', (call) => {
    if (!call.query.id) {
      throw new ApiError('deprecated_api_endpoint', 'listing all actions was removed: give `id` parameters', {
        announcement:
          'https://docs.hetzner.cloud/changelog#2025-01-30-listing-arbitrary-actions-in-the-actions-list-endpoint-is-removed',
      });
    }
    const actions = filterBy(call.state.actions, call.query, 'id', ({ id }) => id);
    return { status: 200, body: { actions: actions.map((action) => view(call, action)) } };
  }),
  operation('get_action', 'GET', '/actions/{id}', (call) => one(call, call.state.actions, 'id')),
];

/** The four ways to read the actions of one kind of resource. */
function actionsOf(type: ResourceRef['type'], root: string): readonly Operation[] {
  const ofKind = (call: Call) => call.state.actions.filter((action) => concerns(action, type));
  const ofOne = (call: Call) => {
    const id = idParam(call, type);
    return call.state.actions.filter((action) => concerns(action, type, id));
  };
  return [
    operation(`list_${type}_actions`, 'GET', `/${root}/actions`, (call) => list(call, ofKind(call))),
    operation(`get_${type}_action`, 'GET', `/${root}/actions/{id}`, (call) => one(call, ofKind(call), 'id')),
    operation(`list_actions_for_${type}`, 'GET', `/${root}/{id}/actions`, (call) => list(call, ofOne(call))),
    operation(`get_action_for_${type}`, 'GET', `/${root}/{id}/actions/{action_id}`, (call) =>
      one(call, ofOne(call), 'action_id'),
    ),
  ];
}

/** Every operation that reads actions. */
export const actionOperations: readonly Operation[] = [
  ...general,
  ...actionsOf('server', 'servers'),
  ...actionsOf('network', 'networks'),
  ...actionsOf('firewall', 'firewalls'),
  ...actionsOf('primary_ip', 'primary_ips'),
];

/** An action as an answer of this call shows it. */
export function view(call: Call, action: ActionRecord) {
  return viewAction(action, call.now, call.config.actionMs);
}

function list(call: Call, actions: readonly ActionRecord[]) {
  const byStatus = filterBy(actions, call.query, 'status', ({ status }) => status);
  const found = filterBy(byStatus, call.query, 'id', ({ id }) => id);
  return listReply(call, 'actions', found, (action) => view(call, action));
}

function one(call: Call, actions: readonly ActionRecord[], parameter: string) {
  const action = byId(actions, idParam(call, 'action', parameter), 'action');
  return { status: 200, body: { action: view(call, action) } };
}

function concerns(action: ActionRecord, type: ResourceRef['type'], id?: number): boolean {
  return action.resources.some(
    (resource) => resource.type === type && (id === undefined || resource.id === id),
  );
}
