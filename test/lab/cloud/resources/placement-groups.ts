import { z } from 'zod';
import { ApiError } from '../api/errors.ts';
import { checkLabels } from '../api/labels.ts';
import { filterBy, listReply } from '../api/listing.ts';
import { type Operation, operation, operationWithBody } from '../api/operation.ts';
import { type CloudState, type PlacementGroupRecord, takeId } from '../state/model.ts';
import { labelsBody, nameBody, renameBody } from './bodies.ts';
import { placementGroupOf, requireUniqueName } from './lookup.ts';
import { applyNameAndLabels } from './name-and-labels.ts';

// "10 servers per spread group" (the provider's documentation of placement groups).
const maxMembers = 10;

const createBody = z.strictObject({
  name: nameBody,
  type: z.literal('spread'),
  labels: labelsBody.optional(),
});

/** Placement groups. */
export const placementGroupOperations: readonly Operation[] = [
  operation('list_placement_groups', 'GET', '/placement_groups', (call) => {
    const found = filterBy(call.state.placementGroups, call.query, 'type', ({ type }) => type);
    return listReply(call, 'placement_groups', found, (group) => viewPlacementGroup(call.state, group));
  }),
  operationWithBody('create_placementgroup', 'POST', '/placement_groups', createBody, (call) => {
    const { state, body } = call;
    requireUniqueName(state.placementGroups, body.name, 'placement group');
    const group: PlacementGroupRecord = {
      id: takeId(state),
      name: body.name,
      type: body.type,
      labels: checkLabels(body.labels),
      created: call.now.toISOString(),
    };
    state.placementGroups.push(group);
    return { status: 201, body: { placement_group: viewPlacementGroup(state, group), action: null } };
  }),
  operation('get_placementgroup', 'GET', '/placement_groups/{id}', (call) => ({
    status: 200,
    body: { placement_group: viewPlacementGroup(call.state, placementGroupOf(call)) },
  })),
  operationWithBody('replace_placementgroup', 'PUT', '/placement_groups/{id}', renameBody, (call) => {
    const group = placementGroupOf(call);
    applyNameAndLabels(call.state.placementGroups, group, call.body, 'placement group');
    return { status: 200, body: { placement_group: viewPlacementGroup(call.state, group) } };
  }),
  operation('delete_placementgroup', 'DELETE', '/placement_groups/{id}', (call) => {
    const group = placementGroupOf(call);
    if (membersOf(call.state, group.id).length > 0) {
      throw new ApiError('resource_in_use', 'placement group still has servers');
    }
    call.state.placementGroups = call.state.placementGroups.filter(({ id }) => id !== group.id);
    return { status: 204 };
  }),
];

/** A placement group as the API shows it. */
export function viewPlacementGroup(state: CloudState, group: PlacementGroupRecord) {
  return { ...group, servers: membersOf(state, group.id) };
}

/**
 * Refuses a server for which the group has no room.
 * @throws ApiError `placement_error`
 */
export function requireRoom(state: CloudState, group: PlacementGroupRecord): void {
  if (membersOf(state, group.id).length >= maxMembers) {
    throw new ApiError('placement_error', `placement group '${group.name}' is full (${maxMembers} servers)`);
  }
}

function membersOf(state: CloudState, group: number): number[] {
  return state.servers.filter(({ placementGroup }) => placementGroup === group).map(({ id }) => id);
}
