import { keyMaterial } from '../../../config/public-key.ts';
import { allPages, bodyOf, type Hcloud, PER_PAGE, type Schemas } from './hcloud.ts';
import { NODE_LABEL, type WantedCloud, type WantedProducts, type WantedServer } from './wanted.ts';

/** What the project holds, in the provider's own words. */
export interface ObservedProject {
  readonly servers: readonly Schemas['server'][];
  readonly networks: readonly Schemas['network'][];
  readonly placementGroups: Schemas['list_placement_groups_response']['placement_groups'];
  readonly firewalls: readonly Schemas['firewall'][];
  readonly sshKeys: readonly Schemas['ssh_key'][];
}

/** Besides, what a new server can be made of. */
export interface ObservedCloud extends ObservedProject {
  readonly primaryIPs: Schemas['list_primary_ips_response']['primary_ips'];
  /** What is sold, by the names that cluster.yaml gives; undefined or empty when there is no such thing. */
  readonly serverType: Schemas['server_type'] | undefined;
  readonly location: Schemas['location'] | undefined;
  readonly images: readonly Schemas['image'][];
}

/** Looks at everything of the project that provisioning may touch, and at what is sold under the wanted names. */
export async function observeCloud(hcloud: Hcloud, wanted: WantedProducts): Promise<ObservedCloud> {
  const { api } = hcloud;
  const named = (name: string) => ({ params: { query: { name } } });
  const [project, primaryIPs, types, locations, images] = await Promise.all([
    observeProject(hcloud),
    allPages(async (page) => {
      const { primary_ips: items, meta } = await bodyOf(api.GET('/primary_ips', pageOf(page)));
      return { items, meta };
    }),
    bodyOf(api.GET('/server_types', named(wanted.serverType))),
    bodyOf(api.GET('/locations', named(wanted.location))),
    bodyOf(api.GET('/images', named(wanted.image))),
  ]);
  const [serverType] = types.server_types;
  const [location] = locations.locations;
  return { ...project, primaryIPs, serverType, location, images: images.images };
}

/** Looks at the part that changes while it is worked on. */
export async function observeProject(hcloud: Hcloud): Promise<ObservedProject> {
  const { api } = hcloud;
  const [servers, networks, placementGroups, firewalls, sshKeys] = await Promise.all([
    observeServers(hcloud),
    allPages(async (page) => {
      const { networks: items, meta } = await bodyOf(api.GET('/networks', pageOf(page)));
      return { items, meta };
    }),
    allPages(async (page) => {
      const { placement_groups: items, meta } = await bodyOf(api.GET('/placement_groups', pageOf(page)));
      return { items, meta };
    }),
    allPages(async (page) => {
      const { firewalls: items, meta } = await bodyOf(api.GET('/firewalls', pageOf(page)));
      return { items, meta };
    }),
    allPages(async (page) => {
      const { ssh_keys: items, meta } = await bodyOf(api.GET('/ssh_keys', pageOf(page)));
      return { items, meta };
    }),
  ]);
  return { servers, networks, placementGroups, firewalls, sshKeys };
}

const pageOf = (page: number) => ({ params: { query: { page, per_page: PER_PAGE } } });

/** All servers of the project. */
export async function observeServers({ api }: Hcloud): Promise<Schemas['server'][]> {
  return allPages(async (page) => {
    const { servers: items, meta } = await bodyOf(api.GET('/servers', pageOf(page)));
    return { items, meta };
  });
}

/** The server of a node, by its name. */
export function findServer({ servers }: Pick<ObservedProject, 'servers'>, { name }: WantedServer) {
  return servers.find((server) => server.name === name);
}

/** A server that carries the label of a node and another name: somebody renamed it. */
export function findRenamed({ servers }: ObservedProject, { alias, name }: WantedServer) {
  return servers.find((server) => server.labels[NODE_LABEL] === alias && server.name !== name);
}

/**
 * The private network: by its name, or the one in which a server already has its private address, as when the
 * servers were made by hand.
 */
export function findNetwork({ networks, servers }: ObservedProject, wanted: WantedCloud) {
  const attached = wanted.servers.flatMap((node) => {
    const server = servers.find(({ name }) => name === node.name);
    const net = server?.private_net.find(({ ip }) => ip === node.privateIPv4);
    return net ? [net.network] : [];
  });
  return (
    networks.find(({ id }) => attached.includes(id)) ?? networks.find(({ name }) => name === wanted.name)
  );
}

export function findFirewall({ firewalls }: ObservedProject, wanted: WantedCloud) {
  return firewalls.find(({ name }) => name === wanted.name);
}

export function findPlacementGroup({ placementGroups }: ObservedProject, wanted: WantedCloud) {
  return placementGroups.find(({ name }) => name === wanted.name);
}

/** The SSH key with the same key material, whatever it is called. */
export function findSshKey({ sshKeys }: ObservedProject, { publicKey }: WantedCloud) {
  return sshKeys.find((key) => keyMaterial(key.public_key) === keyMaterial(publicKey));
}
