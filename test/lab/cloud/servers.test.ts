import { labReadToken } from './config.ts';
import { publicKey, serverBody, startTestCloud, type TestCloud } from './testing.ts';

async function withServer(more: Record<string, unknown> = {}) {
  const cloud = await startTestCloud();
  const created = await cloud.post('/servers', serverBody('one', more));
  expect(created.status).toBe(201);
  const { id } = created.body.server;
  const read = async () => (await cloud.get(`/servers/${id}`)).body.server;
  const act = (name: string, body?: unknown) => cloud.post(`/servers/${id}/actions/${name}`, body);
  return { cloud, created, id: id as number, read, act };
}

const code = (answer: { body: { error?: { code: string } } }) => answer.body.error?.code;

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

describe('power', () => {
  test('off, on, reboot and reset do to the machine what they say', async () => {
    const { cloud, id, read, act } = await withServer();
    await cloud.idle();
    const machine = () => cloud.backend.machine(id);
    expect((await act('poweroff')).body.action.command).toBe('stop_server');
    await cloud.idle();
    expect([machine()?.running, (await read()).status]).toEqual([false, 'off']);
    await act('poweron');
    await cloud.idle();
    expect([machine()?.running, (await read()).status, machine()?.boots]).toEqual([true, 'running', 2]);
    await act('reboot');
    await cloud.idle();
    await act('reset');
    await cloud.idle();
    expect([(await read()).status, machine()?.boots]).toEqual(['running', 4]);
  });

  test('a server that is on already is not started again', async () => {
    const { cloud, id, act } = await withServer();
    await cloud.idle();
    expect((await act('poweron')).body.action.status).toBe('success');
    expect(cloud.backend.machine(id)?.boots).toBe(1);
  });

  test('a shutdown succeeds when it was sent; the status follows, or not', async () => {
    const { cloud, id, read, act } = await withServer();
    await cloud.idle();
    cloud.backend.deaf.add('one');
    const { action } = (await act('shutdown')).body;
    await cloud.idle();
    expect((await cloud.get(`/actions/${action.id}`)).body.action.status).toBe('success');
    expect((await read()).status).toBe('stopping');
    await act('poweroff');
    await cloud.idle();
    expect([(await read()).status, cloud.backend.machine(id)?.running]).toEqual(['off', false]);
  });

  test('a machine that fails makes its action fail and says why', async () => {
    const { cloud, read, act } = await withServer({ start_after_create: false });
    await cloud.idle();
    expect((await read()).status).toBe('off');
    const { action } = (await act('reboot')).body;
    await cloud.idle();
    const failed = (await cloud.get(`/actions/${action.id}`)).body.action;
    expect(failed).toMatchObject({ status: 'error', progress: 100, error: { code: 'action_failed' } });
    expect(failed.error.message).toContain('is off: power it on');
  });

  test('a second action on a busy server is refused as locked', async () => {
    const { cloud, id, act } = await withServer();
    await cloud.idle();
    await cloud.control.addFault({ kind: 'action-stuck', command: 'reboot_server' });
    await act('reboot');
    const answers = [await act('poweroff'), await act('attach_to_network', { network: 9 })];
    answers.push(await cloud.remove(`/servers/${id}`));
    expect(answers.map((answer) => [answer.status, code(answer)])).toEqual(Array(3).fill([423, 'locked']));
  });
});

describe('deleting a server', () => {
  test('takes the machine and the automatic addresses along, and keeps Primary IPs of one’s own', async () => {
    const cloud = await startTestCloud();
    const kept = { name: 'kept', type: 'ipv4', assignee_type: 'server', location: 'nbg1' };
    const ip = (await cloud.post('/primary_ips', kept)).body.primary_ip;
    const { server } = (await cloud.post('/servers', serverBody('one', { public_net: { ipv4: ip.id } })))
      .body;
    await cloud.idle();
    expect(server.public_net.ipv4.ip).toBe(ip.ip);
    expect(code(await cloud.remove(`/primary_ips/${ip.id}`))).toBe('must_be_unassigned');
    await cloud.control.addFault({ kind: 'action-stuck', command: 'delete_server' });
    const deleted = await cloud.remove(`/servers/${server.id}`);
    expect(deleted.body.action.command).toBe('delete_server');
    expect((await cloud.get(`/servers/${server.id}`)).body.server.status).toBe('deleting');
    await cloud.idle();
    await cloud.control.resumeAction(deleted.body.action.id);
    await cloud.idle();
    expect(code(await cloud.get(`/servers/${server.id}`))).toBe('not_found');
    expect((await cloud.get(`/actions/${deleted.body.action.id}`)).body.action.status).toBe('success');
    expect(cloud.backend.machines()).toEqual([]);
    const left = (await cloud.get('/primary_ips')).body.primary_ips;
    expect(left).toMatchObject([{ id: ip.id, assignee_id: null }]);
    expect((await cloud.remove(`/primary_ips/${ip.id}`)).status).toBe(204);
  });

  test('is refused while the server is protected', async () => {
    const { cloud, id, act } = await withServer();
    await cloud.idle();
    await act('change_protection', { delete: true, rebuild: true });
    const refused = await cloud.remove(`/servers/${id}`);
    expect([refused.status, code(refused)]).toEqual([423, 'protected']);
    await act('change_protection', { delete: false, rebuild: false });
    expect((await cloud.remove(`/servers/${id}`)).status).toBe(200);
  });
});

describe('placement groups', () => {
  test('hold ten servers, take stopped ones, and go when they are empty', async () => {
    const cloud = await startTestCloud();
    const group = (await cloud.post('/placement_groups', { name: 'g', type: 'spread' })).body.placement_group;
    for (let n = 0; n < 10; n += 1) {
      await cloud.post('/servers', serverBody(`s${n}`, { placement_group: group.id }));
    }
    const eleventh = await cloud.post('/servers', serverBody('s10', { placement_group: group.id }));
    expect(code(eleventh)).toBe('placement_error');
    const { id } = (await cloud.post('/servers', serverBody('free'))).body.server;
    await cloud.idle();
    const join = { placement_group: group.id };
    expect(code(await cloud.post(`/servers/${id}/actions/add_to_placement_group`, join))).toBe(
      'server_not_stopped',
    );
    expect(code(await cloud.remove(`/placement_groups/${group.id}`))).toBe('resource_in_use');
    await emptyGroup(cloud, group.id);
    expect((await cloud.remove(`/placement_groups/${group.id}`)).status).toBe(204);
  });
});

async function emptyGroup(cloud: TestCloud, id: number): Promise<void> {
  const { servers } = (await cloud.get(`/placement_groups/${id}`)).body.placement_group;
  for (const server of servers) await cloud.post(`/servers/${server}/actions/remove_from_placement_group`);
}

test('a read-only token reads and changes nothing', async () => {
  const cloud = await startTestCloud();
  expect((await cloud.call('GET', '/servers', undefined, labReadToken)).status).toBe(200);
  const refused = await cloud.call('POST', '/servers', serverBody('one'), labReadToken);
  expect([refused.status, code(refused)]).toEqual([401, 'token_readonly']);
});
