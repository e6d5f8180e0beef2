import { code, publicKey, serverBody, startTestCloud, withServer } from './testing.ts';

describe('creating a server', () => {
  test('goes from initializing to running through two actions, and the machine boots', async () => {
    const { cloud, created, id, read } = await withServer({ user_data: '#cloud-config\n{}\n' });
    const { server, action, next_actions, root_password } = created.body;
    expect(server).toMatchObject({ status: 'initializing', locked: true, location: { name: 'nbg1' } });
    expect(action).toMatchObject({ command: 'create_server', status: 'running', finished: null });
    expect(next_actions).toMatchObject([{ command: 'start_server', status: 'running' }]);
    expect(root_password).toEqual(expect.any(String));
    await cloud.idle();
    expect(await read()).toMatchObject({ status: 'running', locked: false });
    const actions = (await cloud.get(`/servers/${id}/actions`)).body.actions;
    expect(actions).toMatchObject([
      { status: 'success', progress: 100 },
      { status: 'success', progress: 100 },
    ]);
    expect(cloud.backend.machine(id)).toMatchObject({
      running: true,
      boots: 1,
      spec: { name: 'one', userData: '#cloud-config\n{}\n', image: 'ubuntu-24.04', serverType: 'cx33' },
    });
  });

  test('progress rises while an action runs', async () => {
    const cloud = await startTestCloud({ actionMs: 400 });
    const { action } = (await cloud.post('/servers', serverBody('one'))).body;
    const seen = new Set<number>();
    let now = action;
    while (now.status === 'running') {
      seen.add(now.progress);
      now = (await cloud.get(`/actions/${action.id}`)).body.action;
    }
    const values = [...seen];
    expect(values.length).toBeGreaterThan(1);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(Math.max(...values)).toBeLessThan(100);
  });

  test('with SSH keys no password is made, and the keys reach the machine', async () => {
    const cloud = await startTestCloud();
    const key = (await cloud.post('/ssh_keys', { name: 'k', public_key: publicKey() })).body.ssh_key;
    const byId = await cloud.post('/servers', serverBody('one', { ssh_keys: [String(key.id)] }));
    expect(byId.body.root_password).toBeNull();
    await cloud.idle();
    expect(cloud.backend.machine(byId.body.server.id)?.spec.publicKeys).toEqual([publicKey()]);
    const unknown = await cloud.post('/servers', serverBody('two', { ssh_keys: ['nobody'] }));
    expect(unknown.body.error.details.fields[0].name).toBe('ssh_keys.0');
  });

  test('public addresses come from the documentation ranges, one /64 for each server', async () => {
    const cloud = await startTestCloud();
    const nets = [];
    for (const name of ['one', 'two']) {
      nets.push((await cloud.post('/servers', serverBody(name))).body.server.public_net);
    }
    expect(nets.map((net) => net.ipv4.ip)).toEqual(['203.0.113.11', '203.0.113.12']);
    expect(nets.map((net) => net.ipv6.ip)).toEqual(['2001:db8:113:11::/64', '2001:db8:113:12::/64']);
    await cloud.idle();
    expect(cloud.backend.machines().map(({ spec }) => spec.publicIPv6)).toEqual([
      '2001:db8:113:11::1',
      '2001:db8:113:12::1',
    ]);
  });

  test('a known host gets its own address the first time, and a fresh one when it is replaced', async () => {
    const cloud = await startTestCloud({ reservedIPv4: { one: '203.0.113.12' } });
    const other = (await cloud.post('/servers', serverBody('other'))).body.server;
    const first = (await cloud.post('/servers', serverBody('one'))).body.server;
    await cloud.idle();
    await cloud.remove(`/servers/${first.id}`);
    await cloud.idle();
    const second = (await cloud.post('/servers', serverBody('one'))).body.server;
    const addresses = [other, first, second].map((server) => server.public_net.ipv4.ip);
    expect(addresses).toEqual(['203.0.113.11', '203.0.113.12', '203.0.113.13']);
  });

  test.each([
    ['a name that is no host name', { name: 'not_a_host' }, 'invalid_input', 'name'],
    ['an unknown type', { server_type: 'cx99' }, 'invalid_input', 'server_type'],
    ['an unknown image', { image: 'ubuntu-1.0' }, 'invalid_input', 'image'],
    ['an unknown location', { location: 'mars1' }, 'invalid_input', 'location'],
    ['a type that the location has not', { location: 'ash' }, 'invalid_input', 'server_type'],
    ['user data above 32 KiB', { user_data: 'x'.repeat(32 * 1024 + 1) }, 'invalid_input', 'user_data'],
    [
      'no network at all',
      { public_net: { enable_ipv4: false, enable_ipv6: false } },
      'invalid_input',
      'public_net',
    ],
    ['an unknown placement group', { placement_group: 9 }, 'not_found', undefined],
    ['an unknown network', { networks: [9] }, 'not_found', undefined],
    ['an unknown firewall', { firewalls: [{ firewall: 9 }] }, 'not_found', undefined],
  ])('%s is refused and leaves nothing behind', async (_, wrong, expected, field) => {
    const cloud = await startTestCloud();
    const before = await cloud.control.state();
    const refused = await cloud.post('/servers', { ...serverBody('one'), ...wrong });
    expect(code(refused)).toBe(expected);
    expect(refused.body.error.details?.fields[0].name).toBe(field);
    expect(await cloud.control.state()).toEqual(before);
  });

  test('an image follows the architecture of the type', async () => {
    const cloud = await startTestCloud();
    const arm = await cloud.post('/servers', serverBody('one', { server_type: 'cax21' }));
    expect(arm.body.server.image.architecture).toBe('arm');
    const none = await cloud.post(
      '/servers',
      serverBody('two', { server_type: 'cax21', image: 'debian-12' }),
    );
    expect(code(none)).toBe('invalid_input');
  });
});
