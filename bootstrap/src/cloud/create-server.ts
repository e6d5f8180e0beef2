import type { CloudTask } from './change.ts';
import { createOnce } from './create-once.ts';
import { CloudError, hasCode } from './errors.ts';
import { bodyOf, type Hcloud, type Schemas } from './hcloud.ts';
import { findFirewall, findPlacementGroup, findSshKey, type ObservedProject } from './observed.ts';
import { NODE_LABEL, serverLabels, type WantedCloud } from './wanted.ts';

type CreateServer = Extract<CloudTask, { kind: 'create-server' }>;

/**
 * Makes a server, switched off: its private address is given next, so that it has its private card from the first
 * boot. The answer can hold a root password when a key is missing; it is never read.
 */
export async function createServer(
  hcloud: Hcloud,
  observed: ObservedProject,
  wanted: WantedCloud,
  { server: node, addresses }: CreateServer,
): Promise<Schemas['action'][]> {
  const { api } = hcloud;
  const key = required(findSshKey(observed, wanted), 'SSH key');
  const group = required(findPlacementGroup(observed, wanted), 'placement group');
  const firewall = required(findFirewall(observed, wanted), 'firewall');
  const body: Schemas['create_server_request'] = {
    name: node.name,
    server_type: wanted.serverType,
    location: wanted.location,
    image: wanted.image,
    ssh_keys: [String(key.id)],
    labels: serverLabels(node),
    placement_group: group.id,
    firewalls: [{ firewall: firewall.id }],
    public_net: { enable_ipv4: true, enable_ipv6: true, ...addresses },
    start_after_create: false,
  };
  try {
    return await createOnce(hcloud, {
      create: async () => {
        const { action, next_actions } = await bodyOf(api.POST('/servers', { body }));
        return [action, ...next_actions];
      },
      find: async () => {
        const query = { name: node.name };
        const { servers } = await bodyOf(api.GET('/servers', { params: { query } }));
        // Its actions are not known, but no answer is needed from them: the next request waits while it is locked.
        return servers.some(({ labels }) => labels[NODE_LABEL] === node.alias) ? [] : undefined;
      },
    });
  } catch (error) {
    if (!hasCode(error, 'resource_unavailable', 'placement_error')) throw error;
    throw new NoCapacityError(error, wanted, node.name, await soldThere(hcloud, wanted.location));
  }
}

/** The provider has no room for a server: names the type, the location, and what else is sold there. */
export class NoCapacityError extends CloudError {
  constructor(
    cause: CloudError,
    { serverType, location }: WantedCloud,
    name: string,
    types: readonly string[],
  ) {
    super(cause.failure);
    this.message = [
      `Server ${name}: Hetzner has no ${serverType} free in ${location}.`,
      this.message,
      `Available in ${location} now: ${types.join(', ') || 'nothing'}`,
    ].join('\n');
  }
}

async function soldThere({ api }: Hcloud, location: string): Promise<string[]> {
  const query = { per_page: 50 };
  const { server_types } = await bodyOf(api.GET('/server_types', { params: { query } }));
  return server_types
    .filter(({ locations }) => locations.some(({ name, available }) => name === location && available))
    .map(({ name }) => name);
}

/** What an earlier phase has made must be there now. */
export function required<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`The ${what} was deleted meanwhile. Run the same command again.`);
  return found;
}
