import type { CloudTask, Labelled } from './change.ts';
import { createServer, required } from './create-server.ts';
import { createFirewall, createNetwork, createPlacementGroup, createSshKey } from './create-shared.ts';
import { hasCode } from './errors.ts';
import { bodyOf, type Hcloud, type Schemas } from './hcloud.ts';
import { findFirewall, findNetwork, findServer, type ObservedProject } from './observed.ts';
import type { WantedCloud, WantedServer } from './wanted.ts';

type Action = Schemas['action'];
type Task<K extends CloudTask['kind']> = Extract<CloudTask, { kind: K }>;

/**
 * Asks the provider for one change.
 * @returns the actions to wait for
 */
export function perform(
  hcloud: Hcloud,
  observed: ObservedProject,
  wanted: WantedCloud,
  task: CloudTask,
): Promise<Action[]> {
  switch (task.kind) {
    case 'create-ssh-key':
      return createSshKey(hcloud, task);
    case 'create-network':
      return createNetwork(hcloud, task);
    case 'add-subnet':
      return addSubnet(hcloud, task);
    case 'create-placement-group':
      return createPlacementGroup(hcloud, task);
    case 'create-firewall':
      return createFirewall(hcloud, task);
    case 'set-firewall-rules':
      return setRules(hcloud, task);
    case 'label':
      return label(hcloud, task.resource, task.id, { ...task.labels });
    case 'create-server':
      return createServer(hcloud, observed, wanted, task);
    case 'attach-server':
      return attach(hcloud, observed, wanted, task.server);
    case 'apply-firewall':
      return applyFirewall(hcloud, observed, wanted, task.server);
    case 'power-on':
      return powerOn(hcloud, serverId(observed, task.server));
  }
}

async function addSubnet(
  { api }: Hcloud,
  { network: id, cidr, zone }: Task<'add-subnet'>,
): Promise<Action[]> {
  const body = { type: 'cloud', ip_range: cidr, network_zone: zone } as const;
  const params = { path: { id } };
  return [(await bodyOf(api.POST('/networks/{id}/actions/add_subnet', { params, body }))).action];
}

async function setRules(
  { api }: Hcloud,
  { firewall: id, rules }: Task<'set-firewall-rules'>,
): Promise<Action[]> {
  const call = api.POST('/firewalls/{id}/actions/set_rules', {
    params: { path: { id } },
    body: { rules: [...rules] },
  });
  return (await bodyOf(call)).actions ?? [];
}

async function label(
  { api }: Hcloud,
  resource: Labelled,
  id: number,
  labels: Record<string, string>,
): Promise<Action[]> {
  const options = { params: { path: { id } }, body: { labels } };
  const put = {
    server: () => api.PUT('/servers/{id}', options),
    network: () => api.PUT('/networks/{id}', options),
    firewall: () => api.PUT('/firewalls/{id}', options),
    'placement group': () => api.PUT('/placement_groups/{id}', options),
  };
  await put[resource]();
  return [];
}

async function attach(
  { api }: Hcloud,
  observed: ObservedProject,
  wanted: WantedCloud,
  node: WantedServer,
): Promise<Action[]> {
  const id = serverId(observed, node);
  const body = {
    network: required(findNetwork(observed, wanted), 'private network').id,
    ip: node.privateIPv4,
  };
  const call = api.POST('/servers/{id}/actions/attach_to_network', { params: { path: { id } }, body });
  return alreadyDone('server_already_attached', async () => [(await bodyOf(call)).action]);
}

async function applyFirewall(
  { api }: Hcloud,
  observed: ObservedProject,
  wanted: WantedCloud,
  node: WantedServer,
): Promise<Action[]> {
  const { id } = required(findFirewall(observed, wanted), 'firewall');
  const body = { apply_to: [{ type: 'server' as const, server: { id: serverId(observed, node) } }] };
  const call = api.POST('/firewalls/{id}/actions/apply_to_resources', { params: { path: { id } }, body });
  return alreadyDone('firewall_already_applied', async () => (await bodyOf(call)).actions ?? []);
}

async function powerOn({ api }: Hcloud, id: number): Promise<Action[]> {
  return [(await bodyOf(api.POST('/servers/{id}/actions/poweron', { params: { path: { id } } }))).action];
}

function serverId(observed: ObservedProject, node: WantedServer): number {
  return required(findServer(observed, node), `server ${node.name}`).id;
}

/** A request that was repeated after its answer was lost says that it is done: no actions, then. */
async function alreadyDone(
  code: 'server_already_attached' | 'firewall_already_applied',
  call: () => Promise<Action[]>,
): Promise<Action[]> {
  try {
    return await call();
  } catch (error) {
    if (hasCode(error, code)) return [];
    throw error;
  }
}
