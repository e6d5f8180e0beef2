import { ApiError, notFound, notUnique } from '../api/errors.ts';
import { type Call, idParam } from '../api/operation.ts';
import { isBusy } from '../state/actions.ts';
import type {
  CloudState,
  FirewallRecord,
  NetworkRecord,
  PlacementGroupRecord,
  PrimaryIPRecord,
  ResourceRef,
  ServerRecord,
  SshKeyRecord,
} from '../state/model.ts';

/** A record by id, or 404 `not_found`. */
export function byId<T extends { id: number }>(records: readonly T[], id: number, kind: string): T {
  const record = records.find((candidate) => candidate.id === id);
  if (!record) throw notFound(kind, id);
  return record;
}

/** The server that the path names. */
export function serverOf(call: Call): ServerRecord {
  return byId(call.state.servers, idParam(call, 'server'), 'server');
}

/** The network that the path names. */
export function networkOf(call: Call): NetworkRecord {
  return byId(call.state.networks, idParam(call, 'network'), 'network');
}

/** The placement group that the path names. */
export function placementGroupOf(call: Call): PlacementGroupRecord {
  return byId(call.state.placementGroups, idParam(call, 'placement group'), 'placement group');
}

/** The SSH key that the path names. */
export function sshKeyOf(call: Call): SshKeyRecord {
  return byId(call.state.sshKeys, idParam(call, 'ssh_key'), 'ssh_key');
}

/** The firewall that the path names. */
export function firewallOf(call: Call): FirewallRecord {
  return byId(call.state.firewalls, idParam(call, 'firewall'), 'firewall');
}

/** The Primary IP that the path names. */
export function primaryIPOf(call: Call): PrimaryIPRecord {
  return byId(call.state.primaryIPs, idParam(call, 'primary_ip'), 'primary_ip');
}

/**
 * Refuses a name that another record of the kind has.
 * @param self the id of the record that is being renamed
 */
export function requireUniqueName(
  records: readonly { id: number; name: string }[],
  name: string,
  kind: string,
  self?: number,
): void {
  if (records.some((record) => record.name === name && record.id !== self)) {
    throw notUnique('name', `${kind} name is already used`);
  }
}

/** 423 `locked` while an action runs on the resource. */
export function requireUnlocked(state: CloudState, type: ResourceRef['type'], id: number): void {
  if (isBusy(state, type, id)) throw new ApiError('locked', `${type} is locked: an action is running on it`);
}

/** 409 `conflict` while a change runs on the resource (networks and firewalls answer so). */
export function requireUnchanging(state: CloudState, type: ResourceRef['type'], id: number): void {
  if (isBusy(state, type, id)) {
    throw new ApiError('conflict', `${type} has a running change, please retry`);
  }
}

/** 423 `protected` for a delete-protected resource. */
export function requireDeletable(record: { protection: { delete: boolean } }, kind: string): void {
  if (record.protection.delete) throw new ApiError('protected', `${kind} deletion is protected`);
}
