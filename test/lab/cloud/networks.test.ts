import { code, networkBody, serverBody, startTestCloud } from './testing.ts';

async function withNetwork() {
  const cloud = await startTestCloud();
  const { network } = (await cloud.post('/networks', networkBody())).body;
  const { id } = (await cloud.post('/servers', serverBody('one', { start_after_create: false }))).body.server;
  await cloud.idle();
  const attach = (body: Record<string, unknown> = {}, server = id) =>
    cloud.post(`/servers/${server}/actions/attach_to_network`, { network: network.id, ...body });
  return { cloud, network, id, attach };
}

describe('networks', () => {
  test.each([
    ['a public range', { ip_range: '192.0.2.0/24' }],
    ['host bits', { ip_range: '10.0.0.1/16' }],
    [
      'a subnet outside',
      { subnets: [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.1.0.0/24' }] },
    ],
    ['an unknown zone', { subnets: [{ type: 'cloud', network_zone: 'mars', ip_range: '10.0.0.0/24' }] }],
    [
      'subnets that overlap',
      {
        subnets: ['10.0.0.0/24', '10.0.0.128/25'].map((ip_range) => ({
          type: 'cloud',
          network_zone: 'eu-central',
          ip_range,
        })),
      },
    ],
  ])('%s is refused', async (_, wrong) => {
    const cloud = await startTestCloud();
    expect(code(await cloud.post('/networks', { ...networkBody(), ...wrong }))).toBe('invalid_input');
  });

  test('a subnet without a range is the first free /24, and one with servers stays', async () => {
    const { cloud, network, attach } = await withNetwork();
    const actions = `/networks/${network.id}/actions`;
    await cloud.control.addFault({ kind: 'action-stuck', command: 'add_subnet' });
    const { action } = (
      await cloud.post(`${actions}/add_subnet`, { type: 'cloud', network_zone: 'eu-central' })
    ).body;
    const busy = await cloud.post(`${actions}/add_subnet`, { type: 'cloud', network_zone: 'eu-central' });
    expect([busy.status, code(busy)]).toEqual([409, 'conflict']);
    await cloud.idle();
    await cloud.control.resumeAction(action.id);
    await cloud.idle();
    const { subnets } = (await cloud.get(`/networks/${network.id}`)).body.network;
    expect(subnets).toMatchObject([
      { ip_range: '10.0.0.0/24', gateway: '10.0.0.1' },
      { ip_range: '10.0.1.0/24', gateway: '10.0.0.1' },
    ]);
    await attach();
    await cloud.idle();
    expect(code(await cloud.post(`${actions}/delete_subnet`, { ip_range: '10.0.0.0/24' }))).toBe(
      'resource_in_use',
    );
  });

  test('deleting one detaches its servers', async () => {
    const { cloud, network, id, attach } = await withNetwork();
    await attach();
    await cloud.idle();
    expect((await cloud.remove(`/networks/${network.id}`)).status).toBe(204);
    expect((await cloud.get(`/servers/${id}`)).body.server.private_net).toEqual([]);
  });
});

describe('attaching a server', () => {
  test('gives the address that was asked for', async () => {
    const { cloud, network, id, attach } = await withNetwork();
    expect((await attach({ ip: '10.0.0.4' })).body.action.command).toBe('attach_to_network');
    await cloud.idle();
    expect((await cloud.get(`/servers/${id}`)).body.server.private_net).toEqual([
      { network: network.id, ip: '10.0.0.4', alias_ips: [], mac_address: '86:00:0a:00:00:04' },
    ]);
    expect((await cloud.get(`/networks/${network.id}`)).body.network.servers).toEqual([id]);
    expect(cloud.backend.machine(id)?.privateNets).toEqual([
      {
        network: network.id,
        ip: '10.0.0.4',
        ipRange: '10.0.0.0/16',
        gateway: '10.0.0.1',
        mac: '86:00:0a:00:00:04',
      },
    ]);
    expect(code(await attach())).toBe('server_already_attached');
  });

  test('gives the lowest free address otherwise, never the gateway’s', async () => {
    const { cloud, network } = await withNetwork();
    const ips = [];
    for (const name of ['two', 'three']) {
      const made = await cloud.post('/servers', serverBody(name, { networks: [network.id] }));
      ips.push(made.body.server.private_net[0].ip);
    }
    expect(ips).toEqual(['10.0.0.2', '10.0.0.3']);
  });

  test.each(['10.0.0.1', '10.0.0.0', '10.0.0.255', '10.0.9.9'])('%s cannot be had', async (ip) => {
    const { attach } = await withNetwork();
    const refused = await attach({ ip });
    expect([refused.status, code(refused)]).toEqual([422, 'ip_not_available']);
  });

  test('an address is given once, and is free again after detaching', async () => {
    const { cloud, network, id, attach } = await withNetwork();
    await attach({ ip: '10.0.0.4' });
    const other = (await cloud.post('/servers', serverBody('two'))).body.server.id;
    await cloud.idle();
    expect(code(await attach({ ip: '10.0.0.4' }, other))).toBe('ip_not_available');
    await cloud.post(`/servers/${id}/actions/detach_from_network`, { network: network.id });
    await cloud.idle();
    expect(cloud.backend.machine(id)?.privateNets).toEqual([]);
    expect((await attach({ ip: '10.0.0.4' }, other)).status).toBe(201);
  });

  test('needs a subnet in the server’s zone, and ranges that do not overlap', async () => {
    const { cloud, attach } = await withNetwork();
    const bare = (await cloud.post('/networks', { name: 'bare', ip_range: '10.0.0.0/8' })).body.network.id;
    expect(code(await attach({ network: bare }))).toBe('no_subnet_available');
    await attach();
    await cloud.idle();
    expect(code(await attach({ network: bare }))).toBe('networks_overlap');
  });
});

test('Primary IPs change hands only while the server is off', async () => {
  const { cloud, id } = await withNetwork();
  const [ipv4] = (await cloud.get('/primary_ips')).body.primary_ips;
  await cloud.post(`/servers/${id}/actions/poweron`);
  await cloud.idle();
  expect(code(await cloud.post(`/primary_ips/${ipv4.id}/actions/unassign`))).toBe('server_not_stopped');
  await cloud.post(`/servers/${id}/actions/poweroff`);
  await cloud.idle();
  const spare = { name: 'spare', type: 'ipv4', assignee_type: 'server', location: 'nbg1' };
  const other = (await cloud.post('/primary_ips', spare)).body.primary_ip.id;
  const assignee = { assignee_id: id, assignee_type: 'server' };
  expect(code(await cloud.post(`/primary_ips/${other}/actions/assign`, assignee))).toBe('server_has_ipv4');
  await cloud.post(`/primary_ips/${ipv4.id}/actions/unassign`);
  await cloud.idle();
  expect((await cloud.post(`/primary_ips/${other}/actions/assign`, assignee)).status).toBe(201);
});
