import { randomBytes } from 'node:crypto';
import { ApiError, invalidField } from '../api/errors.ts';
import { checkLabels } from '../api/labels.ts';
import type { Call, Reply } from '../api/operation.ts';
import { startAction } from '../state/actions.ts';
import { job } from '../state/jobs.ts';
import { type CloudState, type ResourceRef, type ServerRecord, takeId } from '../state/model.ts';
import { view } from './actions.ts';
import { addTarget } from './firewall-targets.ts';
import { byId, requireUniqueName } from './lookup.ts';
import { machineSpec } from './machine.ts';
import { requireRoom } from './placement-groups.ts';
import { newPrimaryIP } from './primary-ip.ts';
import { type CreateServerBody, requireHostname, requireUserDataSize } from './server-body.ts';
import { chooseImage, chooseLocation, chooseType } from './server-choice.ts';
import { attach } from './server-networks.ts';
import { viewServer } from './server-view.ts';

/** Creates a server: the record and its addresses at once, the machine by jobs of two actions. */
export function createServer(call: Call<CreateServerBody>): Reply {
  const { state, body, now } = call;
  requireHostname(body.name);
  requireUniqueName(state.servers, body.name, 'server');
  requireUserDataSize(body.user_data ?? '');
  const type = chooseType(body.server_type);
  const location = chooseLocation(state, type, body.location);
  const image = chooseImage(type, body.image);
  const group = body.placement_group
    ? byId(state.placementGroups, body.placement_group, 'placement group')
    : undefined;
  if (group) requireRoom(state, group);
  const server: ServerRecord = {
    id: takeId(state),
    name: body.name,
    status: 'initializing',
    created: now.toISOString(),
    labels: checkLabels(body.labels),
    serverType: type.name,
    location: location.name,
    image: image.id,
    privateNets: [],
    placementGroup: group?.id ?? null,
    protection: { delete: false, rebuild: false },
    userData: body.user_data ?? '',
    publicKeys: publicKeys(state, body.ssh_keys ?? []),
  };
  state.servers.push(server);
  addPublicAddresses(call, server);
  for (const network of body.networks ?? []) attach(state, server, { network });
  applyFirewalls(call, server);

  const resources: ResourceRef[] = [{ id: server.id, type: 'server' }];
  const action = startAction(state, 'create_server', resources, now);
  const start = (body.start_after_create ?? true) ? startAction(state, 'start_server', resources, now) : null;
  return {
    status: 201,
    body: {
      server: viewServer(call, server),
      action: view(call, action),
      next_actions: start ? [view(call, start)] : [],
      root_password: server.publicKeys.length > 0 ? null : randomBytes(12).toString('base64url'),
    },
    jobs: [
      job(action, { kind: 'create', server: server.id, spec: machineSpec(state, server) }),
      ...(start ? [job(start, { kind: 'power-on', server: server.id })] : []),
    ],
  };
}

function publicKeys(state: CloudState, wanted: readonly string[]): string[] {
  return wanted.map((idOrName, index) => {
    const key = state.sshKeys.find(({ id, name }) => String(id) === idOrName || name === idOrName);
    if (!key) throw invalidField(`ssh_keys.${index}`, `SSH key '${idOrName}' not found`);
    return key.publicKey;
  });
}

function addPublicAddresses(call: Call<CreateServerBody>, server: ServerRecord): void {
  const wanted = call.body.public_net ?? {};
  let near: string | null = null;
  if (wanted.enable_ipv4 ?? true) near = addPublicAddress(call, server, 'ipv4', wanted.ipv4, null);
  if (wanted.enable_ipv6 ?? true) addPublicAddress(call, server, 'ipv6', wanted.ipv6, near);
  const none = wanted.enable_ipv4 === false && wanted.enable_ipv6 === false;
  if (none && (call.body.networks ?? []).length === 0) {
    throw invalidField('public_net', 'a server needs a public or a private network');
  }
}

function addPublicAddress(
  call: Call,
  server: ServerRecord,
  type: 'ipv4' | 'ipv6',
  existing: number | null | undefined,
  near: string | null,
): string {
  const ip = existing
    ? byId(call.state.primaryIPs, existing, 'primary_ip')
    : newPrimaryIP(call, {
        name: undefined,
        type,
        location: server.location,
        autoDelete: true,
        labels: {},
        near,
        serverName: server.name,
      });
  if (ip.type !== type) {
    throw new ApiError('primary_ip_version_mismatch', `primary IP '${ip.name}' is not an ${type} address`);
  }
  if (ip.assignee !== null) {
    throw new ApiError('primary_ip_assigned', `primary IP '${ip.name}' is already assigned`);
  }
  if (ip.location !== server.location) {
    throw new ApiError('primary_ip_datacenter_mismatch', `primary IP '${ip.name}' is in another location`);
  }
  ip.assignee = server.id;
  return ip.ip;
}

/** A server that is made with firewalls has them from its first moment: no action is shown for it. */
function applyFirewalls({ state, body }: Call<CreateServerBody>, server: ServerRecord): void {
  for (const { firewall: id } of body.firewalls ?? []) {
    const firewall = byId(state.firewalls, id, 'firewall');
    addTarget(state, firewall, { type: 'server', server: { id: server.id } });
  }
}
