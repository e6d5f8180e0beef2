import { must } from '../core/process.ts';
import { from, fromHost, host, PRODUCTION_HOSTS, waitFor } from '../lab.ts';
import { ROUTER_NAMESPACE } from '../network/topology.ts';
import { expectAll, packetMatrix, type Source, withHosts } from '../testing/scenario.ts';

const OUTSIDE: Source[] = ['operator', 'edge', 'internet'];
const PEERS: Source[] = ['hetzner1', 'hetzner2', 'hetzner3'];

const publicSsh = PRODUCTION_HOSTS.flatMap(({ publicIPv4, publicIPv6 }) => [
  { address: publicIPv4, port: 22 },
  { address: publicIPv6, port: 22 },
]);
const privateSsh = PRODUCTION_HOSTS.map(({ privateIPv4 }) => ({ address: privateIPv4 ?? '', port: 22 }));

withHosts(PRODUCTION_HOSTS);

test('the public network reaches every host from everywhere, by IPv4 and IPv6', async () => {
  const sources = [...OUTSIDE, ...PEERS, 'services' as const];
  expect(await packetMatrix(sources, publicSsh)).toEqual(expectAll(sources, publicSsh, 'open'));
});

test('the private network is reached by the hosts and a neighbour, not from outside', async () => {
  const inside: Source[] = [...PEERS, 'neighbour'];
  expect(await packetMatrix(inside, privateSsh)).toEqual(expectAll(inside, privateSsh, 'open'));
  expect(await packetMatrix(OUTSIDE, privateSsh)).toEqual(expectAll(OUTSIDE, privateSsh, 'timeout'));
});

test('the neighbour reaches no public address', async () => {
  const first = publicSsh.slice(0, 1);
  expect(await packetMatrix(['neighbour'], first)).toEqual(expectAll(['neighbour'], first, 'unreachable'));
});

test('nothing leads out of the lab: the router knows no other network', async () => {
  const inRouter = ['nsenter', `--net=/run/netns/${ROUTER_NAMESPACE}`, 'ip'];
  expect(await must([...inRouter, 'route', 'show', 'default'])).toBe('');
  expect(await must([...inRouter, '-6', 'route', 'show', 'default'])).toBe('');
  // 100.64.0.0/10 is nobody's on the internet; the router itself says that it knows no way.
  expect(await fromHost('hetzner1').connect('100.64.0.1', 80)).toBe('unreachable');
});

test('a client cannot pretend to be another one', async () => {
  const target = host('hetzner1');
  for (const iptables of ['iptables', 'ip6tables']) {
    await target.must(`${iptables} -I INPUT -s ${iptables === 'iptables' ? '192.0.2.10' : '2001:db8:2::10'}`);
  }
  const ping4 = 'ping -c 1 -W 1 -I 192.0.2.10 203.0.113.11';
  const ping6 = 'ping -c 1 -W 1 -I 2001:db8:2::10 2001:db8:113::11';
  const counted = async () =>
    (await target.must('for t in iptables ip6tables; do $t -nvxL INPUT 1; done'))
      .trim()
      .split('\n')
      .map((line) => Number(line.trim().split(/ +/)[0]));

  const forged = 'ip addr add 192.0.2.10/32 dev lo; ip -6 addr add 2001:db8:2::10/128 dev lo nodad';
  const undo = 'ip addr del 192.0.2.10/32 dev lo; ip -6 addr del 2001:db8:2::10/128 dev lo';
  await from('internet').exec(`${forged}; ${ping4}; ${ping6}; ${undo}`);
  expect(await counted()).toEqual([0, 0]);
  await from('operator').exec(`${ping4}; ${ping6}`);
  expect((await counted()).every((packets) => packets > 0)).toBe(true);
});

test('a pulled private cable cuts only the private network, and it heals', async () => {
  const target = host('hetzner3');
  const to = { private: { address: '10.0.0.4', port: 22 }, public: { address: '203.0.113.13', port: 22 } };
  await target.cable('private', 'out');
  const cut = await fromHost('hetzner1').connectAll([to.private, to.public]);
  expect(cut[0]).not.toBe('open');
  expect(cut[1]).toBe('open');
  await target.cable('private', 'in');
  await waitFor(
    'the private network to heal',
    async () => (await fromHost('hetzner1').connect(to.private.address, 22)) === 'open',
    { timeoutMs: 15_000 },
  );
});
