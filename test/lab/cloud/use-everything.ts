import { networkBody, publicKey, serverBody, type TestCloud } from './testing.ts';

/** Uses every operation once, as far as possible in the order of a project's life. */
export async function useEverything(cloud: TestCloud): Promise<void> {
  const { get, post, put, remove } = cloud;
  const labels = { managed: 'lab', 'example.com/role': 'node' };
  const key = (await post('/ssh_keys', { name: 'k', public_key: publicKey(), labels })).body.ssh_key;
  const network = (await post('/networks', { ...networkBody(), labels })).body.network;
  const group = (await post('/placement_groups', { name: 'g', type: 'spread', labels })).body.placement_group;
  const rule = {
    direction: 'in',
    protocol: 'tcp',
    port: '22',
    source_ips: ['192.0.2.0/25', '2001:db8::/32'],
    description: null,
  };
  const firewall = (await post('/firewalls', { name: 'f', rules: [rule], labels })).body.firewall;
  await cloud.idle();
  const created = await post(
    '/servers',
    serverBody('one', {
      ssh_keys: [key.name],
      networks: [network.id],
      placement_group: group.id,
      firewalls: [{ firewall: firewall.id }],
      user_data: '#cloud-config\n{}\n',
      labels,
    }),
  );
  const { server, action } = created.body;
  await cloud.idle();
  for (const [root, object] of Object.entries({
    ssh_keys: key,
    networks: network,
    placement_groups: group,
    firewalls: firewall,
    servers: server,
  })) {
    await get(`/${root}?name=${object.name}&label_selector=managed&sort=id:asc&page=1&per_page=10`);
    await get(`/${root}/${object.id}`);
    await put(`/${root}/${object.id}`, { name: `${object.name}-renamed`, labels });
  }
  for (const root of ['locations', 'server_types', 'images']) {
    const [first] = (await get(`/${root}`)).body[root];
    await get(`/${root}/${first.id}`);
  }
  await get(`/actions?id=${action.id}&id=${created.body.next_actions[0].id}`);
  await get(`/actions/${action.id}`);
  await useServer(cloud, server.id, network.id, group.id);
  await useNetwork(cloud, network.id);
  await useFirewall(cloud, firewall.id, server.id, rule);
  const ips = (await get('/primary_ips')).body.primary_ips;
  await usePrimaryIP(cloud, server.id, ips[0]);
  for (const root of ['servers', 'networks', 'firewalls', 'primary_ips']) await readActions(cloud, root);
  await remove(`/servers/${server.id}`);
  await cloud.idle();
  await remove(`/firewalls/${firewall.id}`);
  await remove(`/placement_groups/${group.id}`);
  await remove(`/networks/${network.id}`);
  await remove(`/ssh_keys/${key.id}`);
}

async function useServer(cloud: TestCloud, id: number, network: number, group: number): Promise<void> {
  const act = async (name: string, body?: unknown) => {
    await cloud.post(`/servers/${id}/actions/${name}`, body);
    await cloud.idle();
  };
  await act('reboot');
  await act('reset');
  await act('shutdown');
  await act('remove_from_placement_group');
  await act('add_to_placement_group', { placement_group: group });
  await act('detach_from_network', { network });
  await act('attach_to_network', { network, ip: '10.0.0.7' });
  await act('change_protection', { delete: true, rebuild: true });
  await act('change_protection', { delete: false, rebuild: false });
  await act('poweron');
  await act('poweroff');
}

async function useNetwork(cloud: TestCloud, id: number): Promise<void> {
  const act = async (name: string, body: unknown) => {
    await cloud.post(`/networks/${id}/actions/${name}`, body);
    await cloud.idle();
  };
  await act('add_subnet', { type: 'cloud', network_zone: 'eu-central' });
  await act('delete_subnet', { ip_range: '10.0.1.0/24' });
  await act('add_route', { destination: '10.9.0.0/16', gateway: '10.0.0.2' });
  await act('delete_route', { destination: '10.9.0.0/16', gateway: '10.0.0.2' });
  await act('change_protection', { delete: false });
}

async function useFirewall(cloud: TestCloud, id: number, server: number, rule: unknown): Promise<void> {
  const act = async (name: string, body: unknown) => {
    await cloud.post(`/firewalls/${id}/actions/${name}`, body);
    await cloud.idle();
  };
  await act('set_rules', { rules: [rule] });
  await act('remove_from_resources', { remove_from: [{ type: 'server', server: { id: server } }] });
  const selector = { type: 'label_selector', label_selector: { selector: 'managed=lab' } };
  await act('apply_to_resources', { apply_to: [selector] });
  await cloud.get(`/firewalls/${id}`);
  await act('remove_from_resources', { remove_from: [selector] });
}

async function usePrimaryIP(
  cloud: TestCloud,
  server: number,
  ip: { id: number; name: string },
): Promise<void> {
  const { get, post, put, remove } = cloud;
  await get(`/primary_ips/${ip.id}`);
  await put(`/primary_ips/${ip.id}`, { auto_delete: false, labels: {} });
  await post(`/primary_ips/${ip.id}/actions/change_protection`, { delete: false });
  await post(`/primary_ips/${ip.id}/actions/unassign`);
  await cloud.idle();
  await post(`/primary_ips/${ip.id}/actions/assign`, { assignee_id: server, assignee_type: 'server' });
  await cloud.idle();
  const spare = { name: 'spare', type: 'ipv6', assignee_type: 'server', location: 'nbg1' };
  await remove(`/primary_ips/${(await post('/primary_ips', spare)).body.primary_ip.id}`);
}

async function readActions(cloud: TestCloud, root: string): Promise<void> {
  const { actions } = (await cloud.get(`/${root}/actions?status=success&per_page=1`)).body;
  await cloud.get(`/${root}/actions/${actions[0].id}`);
  const kind = root.slice(0, -1);
  const { id } = actions[0].resources.find((resource: { type: string }) => resource.type === kind);
  await cloud.get(`/${root}/${id}/actions?sort=started:desc`);
  await cloud.get(`/${root}/${id}/actions/${actions[0].id}`);
}
