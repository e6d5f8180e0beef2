import { buildRouter } from './api/router.ts';
import { loadDescription } from './openapi/locate.ts';
import { providerContract } from './openapi/shared.ts';
import { operations } from './operations.ts';
import { networkBody, publicKey, serverBody, startTestCloud, type TestCloud } from './testing.ts';

const contract = providerContract((line) => console.warn(line));
// Without the provider's description there is nothing to conform to; the line above says so.
const described = contract.enabled ? describe : describe.skip;

/** Uses every operation once, as far as possible in the order of a project's life. */
async function useEverything(cloud: TestCloud): Promise<void> {
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

described('held against the provider’s description', () => {
  test('every operation has the method and path of the description', () => {
    const ours = operations.map(({ id, method, path }) => ({ id, method, path }));
    const theirs = operations.map(({ id }) => {
      const found = contract.describe(id);
      return { id, method: found?.method, path: found?.path };
    });
    expect(ours).toEqual(theirs);
    expect(new Set(ours.map(({ id }) => id)).size).toBe(ours.length);
  });

  test('every operation is used, answers with a described success and breaks nothing', async () => {
    const cloud = await startTestCloud();
    expect(cloud.checked).toBe(true);
    await useEverything(cloud);
    const requests = await cloud.control.requests();
    expect(requests.filter(({ status }) => status >= 300)).toEqual([]);
    const used = new Set(requests.map(({ operation }) => operation));
    const unused = operations.map(({ id }) => id).filter((id) => !used.has(id));
    // The provider removed data centers: there is no success to use.
    expect(unused).toEqual(['list_data_centers', 'get_data_center']);
    expect(await cloud.control.violations()).toEqual([]);
    expect(cloud.lines).toEqual([]);
  });

  test('data centers are gone, in their endpoint, in answers and in requests', async () => {
    const cloud = await startTestCloud();
    const gone = await cloud.get('/datacenters');
    expect(gone.status).toBe(410);
    expect(gone.body.error.code).toBe('deprecated_api_endpoint');
    const refused = await cloud.post('/servers', serverBody('one', { datacenter: 'nbg1-dc3' }));
    expect(refused.status).toBe(422);
    expect(refused.body.error.details.fields[0].name).toBe('datacenter');
    const made = await cloud.post('/servers', serverBody('one'));
    expect(made.body.server).not.toHaveProperty('datacenter');
  });

  test('a request that the description does not allow is refused with its fields', async () => {
    const cloud = await startTestCloud();
    const wrong = await cloud.post('/servers', { name: 1, image: 'ubuntu-24.04', colour: 'red' });
    expect(wrong.status).toBe(422);
    const names = wrong.body.error.details.fields.map((field: { name: string }) => field.name);
    expect(names.toSorted()).toEqual(['colour', 'name', 'server_type']);
    expect((await cloud.get('/servers?per_page=many')).body.error.code).toBe('invalid_input');
    expect((await cloud.get('/servers?colour=red')).body.error.details.fields[0].name).toBe('colour');
    expect(await cloud.control.violations()).toEqual([]);
  });

  test.each([
    ['a missing field', (server: Record<string, unknown>) => delete server.status],
    ['a wrong type', (server: Record<string, unknown>) => Object.assign(server, { locked: 'no' })],
    ['a value out of its list', (server: Record<string, unknown>) => Object.assign(server, { status: 'up' })],
    ['a field that nobody declared', (server: Record<string, unknown>) => Object.assign(server, { x: 1 })],
    [
      'null where none is allowed',
      (server: Record<string, unknown>) => Object.assign(server, { name: null }),
    ],
    ['a time that is none', (server: Record<string, unknown>) => Object.assign(server, { created: 'today' })],
    ['a data center', (server: Record<string, unknown>) => Object.assign(server, { datacenter: {} })],
  ])('an answer with %s is caught', async (_, spoil) => {
    const cloud = await startTestCloud();
    const { body } = await cloud.post('/servers', serverBody('one'));
    expect(contract.checkResponse('get_server', 200, { server: body.server })).toEqual([]);
    spoil(body.server);
    expect(contract.checkResponse('get_server', 200, { server: body.server })).not.toEqual([]);
  });

  test('an operation that answers wrongly changes nothing, is answered with 500 and recorded', async () => {
    const broken = operations.map((operation) =>
      operation.id === 'create_placementgroup'
        ? {
            ...operation,
            run: (call: Parameters<typeof operation.run>[0]) => {
              const reply = operation.run(call);
              return { ...reply, body: { placement_group: { name: 'half' } } };
            },
          }
        : operation,
    );
    const cloud = await startTestCloud({}, undefined, buildRouter(broken));
    const answer = await cloud.post('/placement_groups', { name: 'g', type: 'spread' });
    expect(answer.status).toBe(500);
    expect(answer.body.error.code).toBe('lab_emulator_defect');
    expect((await cloud.control.violations())[0]).toMatch(/^create_placementgroup 201: .*required/);
    expect((await cloud.control.state()).placementGroups).toEqual([]);
  });
});

test('without the description the emulator says loudly that the check is off', () => {
  const lines: string[] = [];
  const missing = () => loadDescription((line) => lines.push(line), { HCLOUD_OPENAPI: '/nowhere.json' });
  expect(missing).toThrow('HCLOUD_OPENAPI names /nowhere.json, which does not exist');
  if (!contract.enabled) {
    loadDescription((line) => lines.push(line), {});
    expect(lines.join()).toContain('CHECK AGAINST THE PROVIDER’S OPENAPI DESCRIPTION IS OFF');
  }
});
