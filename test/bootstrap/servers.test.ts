import { createServer } from '../../bootstrap/src/cloud/create-server.ts';
import { bodyOf } from '../../bootstrap/src/cloud/hcloud.ts';
import { observeCloud } from '../../bootstrap/src/cloud/observed.ts';
import { planCloud } from '../../bootstrap/src/cloud/plan.ts';
import { newAddresses, recordAddresses } from '../../bootstrap/src/cloud/record-addresses.ts';
import {
  firewallRules,
  type WantedCloud,
  type WantedServer,
  wantedCloud,
} from '../../bootstrap/src/cloud/wanted.ts';
import { parseCluster } from '../../config/load.ts';
import { cluster, clusterText } from '../clusters.ts';
import { type FaultRequest, labToken, preset } from '../lab/cloud/index.ts';
import { type Bench, bench, freshWanted, provision, publicKey, request } from './cloud.ts';

/** Three servers from nothing, once, whatever is cut off; those that exist are adopted and never made anew. */

const texts = ({ changes }: { changes: readonly { action: string; what: string }[] }) =>
  changes.map(({ action, what }) => `${action} ${what}`);

async function planOf({ hcloud }: Bench, wanted: WantedCloud) {
  return planCloud(await observeCloud(hcloud, wanted), wanted);
}

/** What an operator would find in the console. */
async function expectWhole({ cloud }: Bench): Promise<void> {
  const state = await cloud.control.state();
  const [network, group, firewall] = [state.networks, state.placementGroups, state.firewalls].map((found) => {
    expect(found).toHaveLength(1);
    return found[0]?.id;
  });
  expect(
    state.servers
      .map(({ name, status, privateNets, placementGroup, labels, location, serverType }) => ({
        name,
        status,
        ip: privateNets.map((net) => [net.network === network, net.ip]),
        inGroup: placementGroup === group,
        node: labels['honeydue.dev/node'],
        sold: [serverType, location],
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  ).toEqual(
    [
      ['ubuntu-8gb-nbg1-1', '10.0.0.3', 'hetzner2'],
      ['ubuntu-8gb-nbg1-2', '10.0.0.2', 'hetzner1'],
      ['ubuntu-8gb-nbg1-3', '10.0.0.4', 'hetzner3'],
    ].map(([name, ip, node]) => ({
      name,
      status: 'running',
      ip: [[true, ip]],
      inGroup: true,
      node,
      sold: ['cx33', 'nbg1'],
    })),
  );
  expect(firewall && state.firewalls[0]?.appliedTo).toHaveLength(3);
  expect(await cloud.control.violations()).toEqual([]);
}

test('from nothing to three servers, and then nothing to do', async () => {
  const on = await bench();
  const plan = await provision(on);
  expect(texts(plan)).toEqual([
    expect.stringMatching(/^create SSH key honeydue-[0-9a-f]{8}$/),
    'create network honeydue',
    'create placement group honeydue',
    'create firewall honeydue',
    ...['ubuntu-8gb-nbg1-2', 'ubuntu-8gb-nbg1-1', 'ubuntu-8gb-nbg1-3'].flatMap((name) => [
      `create server ${name}`,
      `change server ${name}`,
      `start server ${name}`,
    ]),
  ]);
  await expectWhole(on);
  const again = await provision(on);
  expect([texts(again), again.problems]).toEqual([[], []]);
});

// Without this, who reads a plan that is shown for approval approves something else than what is made.
test('observing and planning change nothing', async () => {
  const on = await bench();
  await planOf(on, freshWanted());
  const methods = (await on.cloud.control.requests()).map(({ method }) => method);
  expect(new Set(methods)).toEqual(new Set(['GET']));
});

describe('cut off, then run again', () => {
  /** Every request that changes something, in the order in which a first run makes them. */
  const WRITES = [
    'create_ssh_key',
    'create_network',
    'create_placementgroup',
    'create_firewall',
    'create_server',
    'attach_server_to_network',
    'power_on_server',
  ];

  test.each([
    ['after it was done: it is found, not done twice', 'after-handling'],
    ['before: it is asked for again', 'before-handling'],
  ] as const)('each request loses its connection %s', async (_, when) => {
    const on = await bench();
    for (const operation of WRITES) await on.cloud.control.addFault({ kind: 'drop', operation, when });
    await provision(on);
    expect((await on.cloud.control.faults()).map(({ used }) => used)).toEqual(WRITES.map(() => 1));
    await expectWhole(on);
  });

  // Of servers the second one is stopped, so that the first is in another state than the rest.
  test.each<[string, (operation: string) => FaultRequest]>([
    ['no rights', (operation) => preset.forbidden({ operation })],
    ['no connection', (operation) => ({ kind: 'drop', operation, when: 'before-handling', times: null })],
    ['an error upstream', (operation) => preset.serverError({ operation, times: null })],
  ])(
    'stopped by %s at each request in turn: each run goes on where the last one stopped',
    async (_, fault) => {
      const on = await bench();
      for (const operation of WRITES) {
        const skip = operation.includes('server') ? 1 : 0;
        await on.cloud.control.addFault({ ...fault(operation), skip });
        await expect(provision(on)).rejects.toThrow(/^Hetzner: .*\/v1\//);
        await on.cloud.control.clearFaults();
      }
      await provision(on);
      await expectWhole(on);
      expect(texts(await planOf(on, freshWanted()))).toEqual([]);
    },
  );

  test('killed right after a server was asked for: the next run waits for it and goes on', async () => {
    const on = await bench();
    const wanted = freshWanted();
    await provision({ ...on, hcloud: { ...on.hcloud } }, { ...wanted, servers: [] });
    // With no servers wanted there is no SSH key yet.
    await on.hcloud.api.POST('/ssh_keys', { body: { name: 'operator', public_key: publicKey } });
    const [first] = wanted.servers;
    if (!first) throw new Error('the cluster has no servers');
    const observed = await observeCloud(on.hcloud, wanted);
    const task = { kind: 'create-server', server: first, addresses: {} } as const;
    await createServer(on.hcloud, observed, wanted, task);
    await provision(on);
    await expectWhole(on);
  });

  test('an action that does not end: the next run waits for it too, and says on which server it runs', async () => {
    const on = await bench({}, labToken, 20);
    await on.cloud.control.addFault({ kind: 'action-stuck', command: 'create_server' });
    await expect(provision(on)).rejects.toThrow(/Gave up after 15 min/);
    await expect(provision(on)).rejects.toThrow(/Last seen: an action runs on ubuntu-8gb-nbg1-2\n/);
    const stuck = (await on.cloud.control.state()).actions.find(({ status }) => status === 'running');
    await on.cloud.control.resumeAction(stuck?.id ?? 0);
    await provision(on);
    await expectWhole(on);
  });

  test('an action that fails stops the run and names the server', async () => {
    const on = await bench();
    const server = 'ubuntu-8gb-nbg1-1';
    await on.cloud.control.addFault({ kind: 'action-error', command: 'start_server', server });
    await expect(provision(on)).rejects.toThrow(/start server ubuntu-8gb-nbg1-1: start_server failed/);
    await provision(on);
    await expectWhole(on);
  });

  test('Ctrl-C stops between two requests', async () => {
    const on = await bench();
    const controller = new AbortController();
    const say = (line: string) =>
      line.startsWith('create firewall') && controller.abort(new Error('stopped'));
    const run = { ...on.run, say, signal: controller.signal };
    await expect(provision({ ...on, run })).rejects.toThrow('stopped');
    expect((await on.cloud.control.state()).servers).toEqual([]);
    await provision(on);
    await expectWhole(on);
  });
});

describe('no capacity', () => {
  test('a type that is sold out stops everything before anything is made', async () => {
    const on = await bench();
    await on.cloud.control.setAvailability('cx33', 'nbg1', false);
    const { problems } = await provision(on);
    expect(problems).toEqual([
      expect.stringMatching(/cx33 is not available in nbg1 now, but in fsn1, hel1\./),
    ]);
    expect((await on.cloud.control.state()).networks).toEqual([]);
  });

  test('one that runs out on the way is named with its location, and with what is left', async () => {
    const on = await bench();
    await on.cloud.control.addFault(preset.unavailable({ operation: 'create_server', skip: 1 }));
    await expect(provision(on)).rejects.toThrow(
      /Server ubuntu-8gb-nbg1-1: Hetzner has no cx33 free in nbg1\.[\s\S]*Available in nbg1 now: .*cx43/,
    );
    expect((await on.cloud.control.state()).servers).toHaveLength(1);
  });

  test.each([
    ['serverType', 'cx99', /no server type cx99/],
    ['location', 'mars1', /no location mars1/],
    ['image', 'ubuntu-99.04', /no image ubuntu-99\.04 for x86/],
  ])('a %s that does not exist', async (key, value, message) => {
    const on = await bench();
    const { problems } = await planOf(
      on,
      freshWanted(() => ({ [key]: value })),
    );
    expect(problems).toContainEqual(expect.stringMatching(message));
  });
});

/** Servers made by hand in the console, with the addresses that cluster.yaml gives. */
async function madeByHand(on: Bench, change: Record<string, unknown> = {}): Promise<WantedCloud> {
  const { api } = on.hcloud;
  const subnets = [{ type: 'cloud' as const, ip_range: '10.0.0.0/24', network_zone: 'eu-central' }];
  const { network } = await bodyOf(
    api.POST('/networks', { body: { name: 'network-1', ip_range: '10.0.0.0/16', subnets } }),
  );
  for (const { name, privateIPv4: ip } of freshWanted().servers) {
    const body = {
      name,
      server_type: 'cx33',
      image: 'ubuntu-24.04',
      location: 'nbg1',
      labels: { by: 'hand' },
    };
    const { server } = await bodyOf(api.POST('/servers', { body: { ...body, ...change } }));
    await on.cloud.idle();
    const params = { path: { id: server.id } };
    await api.POST('/servers/{id}/actions/attach_to_network', {
      params,
      body: { network: network?.id ?? 0, ip },
    });
    await on.cloud.idle();
  }
  return recorded(on);
}

/** As cluster.yaml after the addresses were written into it. */
async function recorded({ cloud }: Bench): Promise<WantedCloud> {
  const { servers, primaryIPs } = await cloud.control.state();
  return freshWanted((wanted) => ({
    servers: wanted.servers.map((node) => {
      const id = servers.find(({ name }) => name === node.name)?.id;
      const ip = (type: string) => primaryIPs.find((one) => one.assignee === id && one.type === type)?.ip;
      return { ...node, publicIPv4: ip('ipv4'), publicIPv6: ip('ipv6')?.replace('/64', '1') };
    }),
  }));
}

describe('servers that exist', () => {
  test('are adopted: labelled, put behind the firewall, and nothing is made anew', async () => {
    const on = await bench();
    const wanted = await madeByHand(on);
    const before = (await on.cloud.control.state()).servers.map(({ id }) => id);
    const plan = await provision(on, wanted);
    expect(texts(plan).filter((text) => text.startsWith('create'))).toEqual([
      'create placement group honeydue',
      'create firewall honeydue',
    ]);
    const state = await on.cloud.control.state();
    expect(state.servers.map(({ id }) => id)).toEqual(before);
    // Setting labels replaces the whole set; what others labelled must survive it.
    expect(state.servers[0]?.labels).toMatchObject({ by: 'hand', 'honeydue.dev/node': 'hetzner1' });
    const { changes, problems, notes } = await planOf(on, wanted);
    expect([changes, problems]).toEqual([[], []]);
    expect(notes[0]).toMatch(/not in placement group honeydue.*drain it/);
  });

  test('a server that is gone gets its recorded address back when the project still has it', async () => {
    const on = await bench();
    await provision(on);
    const wanted = await recorded(on);
    const state = await on.cloud.control.state();
    const { id } = state.servers[0] ?? { id: 0 };
    for (const ip of state.primaryIPs.filter(({ assignee }) => assignee === id)) {
      await request(on, 'PUT', `/primary_ips/${ip.id}`, { auto_delete: false });
    }
    await request(on, 'DELETE', `/servers/${id}`);
    await on.cloud.idle();
    const plan = await provision(on, wanted);
    expect(texts(plan)).toHaveLength(3);
    await expectWhole(on);
    expect((await planOf(on, wanted)).problems).toEqual([]);
  });

  test('another address than cluster.yaml records is refused', async () => {
    const on = await bench();
    const wanted = await madeByHand(on);
    const observed = await observeCloud(on.hcloud, wanted);
    const refusal = (change: Partial<WantedServer>) => {
      const servers = wanted.servers.map((node, i) => (i === 0 ? { ...node, ...change } : node));
      return planCloud(observed, { ...wanted, servers }).problems;
    };
    expect(refusal({})).toEqual([]);
    expect(refusal({ publicIPv4: '203.0.113.200' })).toEqual([
      expect.stringMatching(/publicIPv4 203\.0\.113\.200, the server has 203/),
    ]);
    expect(refusal({ publicIPv6: '2001:db8:ffff::1' })).toEqual([
      expect.stringMatching(/publicIPv6 2001:db8:ffff::1, the server has/),
    ]);
    expect(refusal({ privateIPv4: '10.0.0.9' })).toEqual([
      expect.stringMatching(/privateIPv4 10\.0\.0\.9.*correct cluster\.yaml/),
    ]);
  });

  test.each([
    ['type', { server_type: 'cx43' }, /provider\.serverType cx33, the server has cx43/],
    ['location', { location: 'hel1' }, /provider\.location nbg1, the server has hel1/],
  ])('another %s is refused, as a server that runs cannot change it', async (_, change, message) => {
    const on = await bench();
    const { problems } = await planOf(on, await madeByHand(on, change));
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(message);
  });
});

describe('public addresses', () => {
  // The comments of cluster.yaml are its documentation; a YAML writer moves them about.
  test('are written into it without touching another character', async () => {
    const on = await bench();
    await provision(on);
    const wanted = freshWanted();
    const found = newAddresses(await observeCloud(on.hcloud, wanted), wanted);
    const empty = clusterText.replace(/ {4}publicIPv[46]: .*\n/g, '');
    const written = recordAddresses(empty, found);
    expect(written.replace(/ {4}publicIPv[46]: .*\n/g, '')).toBe(empty);
    const { nodes } = parseCluster(written, 'cluster.yaml');
    expect(nodes.map(({ alias, publicIPv4, publicIPv6 }) => [alias, publicIPv4, publicIPv6])).toEqual(
      found.map(({ alias, addresses }) => [alias, addresses.publicIPv4, addresses.publicIPv6]),
    );
    expect(recordAddresses(written, found)).toBe(written);
  });
});

describe('refused before anything is made', () => {
  test('a recorded public address that no server and no free Primary IP has', async () => {
    const on = await bench();
    const { problems } = await provision(on, wantedCloud(cluster(), publicKey));
    expect(problems).toHaveLength(6);
    expect(problems[0]).toMatch(
      /^hetzner1: cluster\.yaml records publicIPv4 178\.104\.247\.152, but .* does not exist/,
    );
    expect((await on.cloud.control.state()).servers).toEqual([]);
  });

  test('a server that was renamed, one of another node, a private address that is taken', async () => {
    const on = await bench();
    await provision(on);
    const [one, two] = (await on.cloud.control.state()).servers;
    await request(on, 'PUT', `/servers/${one?.id}`, { name: 'renamed' });
    await request(on, 'PUT', `/servers/${two?.id}`, { labels: { 'honeydue.dev/node': 'hetzner9' } });
    const { problems } = await planOf(on, freshWanted());
    expect(problems).toEqual([
      expect.stringMatching(/Server renamed is labelled as node hetzner1, whose name is ubuntu-8gb-nbg1-2/),
      expect.stringMatching(/labelled as node hetzner9, not hetzner2/),
    ]);
    await request(on, 'PUT', `/servers/${one?.id}`, { labels: {} });
    expect((await planOf(on, freshWanted())).problems[0]).toMatch(
      /Server renamed has 10\.0\.0\.2 in network honeydue/,
    );
  });

  test('a network of our name with other addresses', async () => {
    const on = await bench();
    await on.hcloud.api.POST('/networks', { body: { name: 'honeydue', ip_range: '10.9.0.0/16' } });
    const { problems } = await planOf(on, freshWanted());
    expect(problems).toEqual([
      expect.stringMatching(/range 10\.9\.0\.0\/16, which does not hold .*10\.0\.0\.0\/24/),
    ]);
  });
});

describe('the outer wall', () => {
  test('lets in ssh, the edge from Cloudflare, and no Kubernetes API unless somebody is named', () => {
    const ports = (rules: readonly { port: string | null; source_ips: string[] }[]) =>
      rules.map(({ port, source_ips }) => [port, source_ips.length]);
    expect(ports(firewallRules(cluster()))).toEqual([
      ['22', 2],
      ['80', 22],
      [null, 2],
    ]);
    const narrow = cluster((document) => {
      document.setIn(['edge', 'tls'], 'strict');
      document.setIn(['firewall', 'ssh'], ['198.51.100.7/32']);
      document.setIn(['firewall', 'kubernetesAPI'], ['198.51.100.7/32']);
    });
    expect(ports(firewallRules(narrow))).toEqual([
      ['22', 1],
      ['6443', 1],
      ['443', 22],
      [null, 2],
    ]);
    const both = cluster((document) => document.setIn(['edge', 'tls'], 'both'));
    expect(ports(firewallRules(both)).map(([port]) => port)).toEqual(['22', '80', '443', null]);
  });

  test('a rule that somebody changed is shown as a difference and put right', async () => {
    const on = await bench();
    await provision(on);
    const [firewall] = (await on.cloud.control.state()).firewalls;
    const open = { direction: 'in', protocol: 'tcp', port: '6443', source_ips: ['0.0.0.0/0'] };
    await request(on, 'POST', `/firewalls/${firewall?.id}/actions/set_rules`, { rules: [open] });
    await on.cloud.idle();
    const { changes } = await provision(on);
    expect(texts({ changes })).toEqual(['change firewall honeydue']);
    expect(changes[0]?.file?.before).toBe('in tcp 6443 from 0.0.0.0/0 #\n');
    expect(texts(await planOf(on, freshWanted()))).toEqual([]);
  });
});

test('a server that is switched off is started', async () => {
  const on = await bench();
  await provision(on);
  const [server] = (await on.cloud.control.state()).servers;
  await request(on, 'POST', `/servers/${server?.id}/actions/poweroff`);
  await on.cloud.idle();
  expect(texts(await provision(on))).toEqual(['start server ubuntu-8gb-nbg1-2']);
  await expectWhole(on);
});
