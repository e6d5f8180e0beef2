import { code, serverBody, startTestCloud } from './testing.ts';

describe('firewalls', () => {
  const ssh = { direction: 'in', protocol: 'tcp', port: '22', source_ips: ['192.0.2.10/32'] };

  test('rules are replaced as a whole', async () => {
    const cloud = await startTestCloud();
    await cloud.control.addFault({ kind: 'action-stuck', command: 'set_firewall_rules' });
    const { firewall, actions } = (await cloud.post('/firewalls', { name: 'f', rules: [ssh] })).body;
    const { id } = firewall;
    await cloud.idle();
    expect(code(await cloud.post(`/firewalls/${id}/actions/set_rules`, { rules: [] }))).toBe('conflict');
    await cloud.control.resumeAction(actions[0].id);
    await cloud.idle();
    await cloud.post(`/firewalls/${id}/actions/set_rules`, { rules: [{ ...ssh, port: '80-443' }] });
    expect((await cloud.get(`/firewalls/${id}`)).body.firewall.rules).toEqual([
      { ...ssh, port: '80-443', destination_ips: [], description: null },
    ]);
  });

  test.each([
    ['a port on icmp', { protocol: 'icmp' }, 'rules.0.port'],
    ['no port on tcp', { port: null }, 'rules.0.port'],
    ['a port that is none', { port: '0-70000' }, 'rules.0.port'],
    ['no source', { source_ips: [] }, 'rules.0.source_ips'],
    ['host bits', { source_ips: ['192.0.2.10/24'] }, 'rules.0.source_ips.0'],
    ['too many ranges', { source_ips: Array(101).fill('192.0.2.10/32') }, 'rules.0.source_ips'],
  ])('%s is refused', async (_, wrong, field) => {
    const cloud = await startTestCloud();
    const refused = await cloud.post('/firewalls', { name: 'f', rules: [{ ...ssh, ...wrong }] });
    expect(refused.body.error.details.fields[0].name).toBe(field);
  });

  test('are applied once, shown by the server, and not deleted while in use', async () => {
    const cloud = await startTestCloud();
    const server = (await cloud.post('/servers', serverBody('one', { labels: { a: '' } }))).body.server.id;
    const { id } = (await cloud.post('/firewalls', { name: 'f' })).body.firewall;
    await cloud.idle();
    const target = { type: 'server', server: { id: server } };
    const apply = { apply_to: [target] };
    await cloud.control.addFault({ kind: 'action-stuck', command: 'apply_firewall' });
    const { actions } = (await cloud.post(`/firewalls/${id}/actions/apply_to_resources`, apply)).body;
    await cloud.idle();
    const pending = (await cloud.get(`/servers/${server}`)).body.server.public_net.firewalls;
    await cloud.control.resumeAction(actions[0].id);
    await cloud.idle();
    const applied = (await cloud.get(`/servers/${server}`)).body.server.public_net.firewalls;
    expect([pending, applied]).toEqual([[{ id, status: 'pending' }], [{ id, status: 'applied' }]]);
    expect(code(await cloud.post(`/firewalls/${id}/actions/apply_to_resources`, apply))).toBe(
      'firewall_already_applied',
    );
    expect(code(await cloud.remove(`/firewalls/${id}`))).toBe('resource_in_use');
    await cloud.post(`/firewalls/${id}/actions/remove_from_resources`, { remove_from: [target] });
    await cloud.idle();
    expect((await cloud.remove(`/firewalls/${id}`)).status).toBe(204);
  });

  test('reach servers by label, and those cannot be taken off one by one', async () => {
    const cloud = await startTestCloud();
    const server = (await cloud.post('/servers', serverBody('one', { labels: { a: '' } }))).body.server.id;
    const apply_to = [{ type: 'label_selector', label_selector: { selector: 'a' } }];
    const { id } = (await cloud.post('/firewalls', { name: 'f', apply_to })).body.firewall;
    await cloud.idle();
    expect((await cloud.get(`/servers/${server}`)).body.server.public_net.firewalls).toMatchObject([{ id }]);
    const remove_from = [{ type: 'server', server: { id: server } }];
    const refused = await cloud.post(`/firewalls/${id}/actions/remove_from_resources`, { remove_from });
    expect(code(refused)).toBe('firewall_managed_by_label_selector');
    await cloud.put(`/servers/${server}`, { labels: {} });
    expect((await cloud.get(`/servers/${server}`)).body.server.public_net.firewalls).toEqual([]);
  });
});
