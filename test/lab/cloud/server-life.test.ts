import { labReadToken } from './config.ts';
import { code, serverBody, startTestCloud, type TestCloud, withServer } from './testing.ts';

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
