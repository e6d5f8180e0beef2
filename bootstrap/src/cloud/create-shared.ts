import type { CloudTask } from './change.ts';
import { createOnce } from './create-once.ts';
import { bodyOf, type Hcloud, type Schemas } from './hcloud.ts';
import { ownLabels } from './wanted.ts';

/** Making what the servers share. Each is found by its name when the answer was lost. */

type Action = Schemas['action'];
type Task<K extends CloudTask['kind']> = Extract<CloudTask, { kind: K }>;

export async function createSshKey(
  hcloud: Hcloud,
  { name, publicKey }: Task<'create-ssh-key'>,
): Promise<Action[]> {
  const { api } = hcloud;
  return createOnce(hcloud, {
    create: async () => {
      await bodyOf(api.POST('/ssh_keys', { body: { name, public_key: publicKey, labels: ownLabels } }));
      return [];
    },
    find: async () => {
      const { ssh_keys } = await bodyOf(api.GET('/ssh_keys', { params: { query: { name } } }));
      return ours(ssh_keys);
    },
  });
}

export async function createNetwork(
  hcloud: Hcloud,
  { name, cidr, zone }: Task<'create-network'>,
): Promise<Action[]> {
  const { api } = hcloud;
  const subnets: Schemas['subnet'][] = [{ type: 'cloud', ip_range: cidr, network_zone: zone }];
  return createOnce(hcloud, {
    create: async () => {
      await bodyOf(api.POST('/networks', { body: { name, ip_range: cidr, subnets, labels: ownLabels } }));
      return [];
    },
    find: async () => {
      const { networks } = await bodyOf(api.GET('/networks', { params: { query: { name } } }));
      return ours(networks);
    },
  });
}

export async function createPlacementGroup(
  hcloud: Hcloud,
  { name }: Task<'create-placement-group'>,
): Promise<Action[]> {
  const { api } = hcloud;
  return createOnce(hcloud, {
    create: async () => {
      const body = { name, type: 'spread', labels: ownLabels } as const;
      const { action } = await bodyOf(api.POST('/placement_groups', { body }));
      return action ? [action] : [];
    },
    find: async () => {
      const params = { query: { name } };
      return ours((await bodyOf(api.GET('/placement_groups', { params }))).placement_groups);
    },
  });
}

export async function createFirewall(
  hcloud: Hcloud,
  { name, rules }: Task<'create-firewall'>,
): Promise<Action[]> {
  const { api } = hcloud;
  return createOnce(hcloud, {
    create: async () => {
      const body = { name, rules: [...rules], labels: ownLabels };
      return (await bodyOf(api.POST('/firewalls', { body }))).actions ?? [];
    },
    find: async () => {
      const { firewalls } = await bodyOf(api.GET('/firewalls', { params: { query: { name } } }));
      return ours(firewalls);
    },
  });
}

/** No actions to wait for when what was found is ours; undefined when there is nothing, or somebody else's. */
function ours(found: readonly { labels?: Record<string, string> }[]): Action[] | undefined {
  const own = Object.entries(ownLabels);
  return found.some(({ labels = {} }) => own.every(([key, value]) => labels[key] === value)) ? [] : undefined;
}
