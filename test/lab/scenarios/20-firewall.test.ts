import { from, fromHost, host, PRODUCTION_HOSTS, type Target } from '../lab.ts';
import { expectAll, packetMatrix, type Source, withHosts } from '../testing/scenario.ts';

/** hetzner1 is guarded, hetzner2 is its peer. */
withHosts(PRODUCTION_HOSTS.slice(0, 2));

const EVERYWHERE: Source[] = ['operator', 'edge', 'internet', 'services', 'hetzner2'];
const PRIVATE: Source[] = ['hetzner2', 'neighbour'];

/** The guarded host's public addresses, and its private one. */
const PUBLIC_ADDRESSES = ['203.0.113.11', '2001:db8:113::11'];
const PRIVATE_ADDRESS = '10.0.0.2';

const at = (port: number, ...addresses: string[]): Target[] =>
  addresses.map((address) => ({ address, port }));
const vxlan: Target[] = [{ address: PRIVATE_ADDRESS, port: 8472, protocol: 'udp' }];

const RULES = `
ufw default deny incoming
ufw default allow outgoing
ufw default deny routed
ufw allow proto tcp from 192.0.2.0/25 to any port 22
ufw allow proto tcp from 2001:db8:2::/64 to any port 22
ufw allow proto tcp from 198.51.100.0/24 to any port 80
ufw allow proto tcp from 2001:db8:cf::/64 to any port 80
ufw allow proto tcp from 10.0.0.3 to any port 6443
ufw allow proto udp from 10.0.0.3 to any port 8472
ufw --force enable`;

beforeAll(async () => {
  for (const port of [80, 6443]) {
    await host('hetzner1').must(
      `systemd-run --unit=listen-${port} socat TCP6-LISTEN:${port},fork,reuseaddr OPEN:/dev/null`,
    );
  }
  await host('hetzner1').must('systemd-run --unit=listen-8472 socat UDP6-RECVFROM:8472,fork EXEC:cat');
});

test('without a firewall every port that listens answers, and others refuse', async () => {
  const listening = [
    ...at(22, ...PUBLIC_ADDRESSES),
    ...at(80, ...PUBLIC_ADDRESSES),
    ...at(6443, ...PUBLIC_ADDRESSES),
  ];
  const silent = at(5432, ...PUBLIC_ADDRESSES);
  expect(await packetMatrix(EVERYWHERE, [...listening, ...silent])).toEqual({
    ...expectAll(EVERYWHERE, listening, 'open'),
    ...expectAll(EVERYWHERE, silent, 'refused'),
  });
  const inside = [...at(6443, PRIVATE_ADDRESS), ...vxlan];
  expect(await packetMatrix(PRIVATE, inside)).toEqual(expectAll(PRIVATE, inside, 'open'));
});

/** What the rules say of each source and port, by IPv4 and IPv6. */
async function expectRulesInForce(): Promise<void> {
  const ports = [22, 80, 6443, 5432].flatMap((port) => at(port, ...PUBLIC_ADDRESSES));
  expect(await packetMatrix(EVERYWHERE, ports)).toEqual({
    ...expectAll(EVERYWHERE, ports, 'timeout'),
    ...expectAll(['operator'], at(22, ...PUBLIC_ADDRESSES), 'open'),
    ...expectAll(['edge'], at(80, ...PUBLIC_ADDRESSES), 'open'),
  });
  const inside = [...at(22, PRIVATE_ADDRESS), ...at(6443, PRIVATE_ADDRESS), ...vxlan];
  expect(await packetMatrix(PRIVATE, inside)).toEqual({
    ...expectAll(PRIVATE, inside, 'timeout'),
    ...expectAll(['hetzner2'], [...at(6443, PRIVATE_ADDRESS), ...vxlan], 'open'),
  });
}

test('with rules in force only the sources they name get through, by IPv4 and IPv6', async () => {
  await host('hetzner1').must(RULES);
  await expectRulesInForce();
});

test('a rule that is deleted closes at once, one that rejects refuses, an earlier one wins', async () => {
  const target = host('hetzner1');
  const [web = { address: '', port: 0 }] = at(80, '203.0.113.11');
  await target.must('ufw delete allow proto tcp from 198.51.100.0/24 to any port 80');
  expect(await from('edge').connect(web.address, web.port)).toBe('timeout');
  await target.must('ufw reject proto tcp from 198.51.100.0/24 to any port 80');
  expect(await from('edge').connect(web.address, web.port)).toBe('refused');
  await target.must('ufw insert 1 allow proto tcp from 198.51.100.10 to any port 80');
  expect(await from('edge').connect(web.address, web.port)).toBe('open');
  await target.must('ufw delete allow proto tcp from 198.51.100.10 to any port 80');
  await target.must('ufw delete reject proto tcp from 198.51.100.0/24 to any port 80');
  await target.must('ufw allow proto tcp from 198.51.100.0/24 to any port 80');
});

test('the firewall holds for what is forwarded: nothing passes until a route rule allows it', async () => {
  // A namespace behind the host stands for a pod; the neighbour knows the way to it, as an intruder would.
  await host('hetzner1').must(`
    sysctl -qw net.ipv4.ip_forward=1
    ip netns add pod && ip link add cni0 type veth peer name eth0 netns pod
    ip addr add 10.42.0.1/24 dev cni0 && ip link set cni0 up
    ip -n pod addr add 10.42.0.7/24 dev eth0 && ip -n pod link set eth0 up && ip -n pod link set lo up
    ip -n pod route add default via 10.42.0.1
    systemd-run --unit=pod nsenter --net=/run/netns/pod socat TCP-LISTEN:8080,fork,reuseaddr OPEN:/dev/null`);
  await from('neighbour').exec('ip route replace 10.42.0.0/24 via 10.0.0.2');
  expect(await from('neighbour').connect('10.42.0.7', 8080)).toBe('timeout');
  expect(await fromHost('hetzner1').connect('10.42.0.7', 8080)).toBe('open');
  await host('hetzner1').must('ufw route allow in on enp7s0 out on cni0 from 10.0.0.200 to 10.42.0.0/24');
  expect(await from('neighbour').connect('10.42.0.7', 8080)).toBe('open');
  await host('hetzner1').must(
    'ufw route delete allow in on enp7s0 out on cni0 from 10.0.0.200 to 10.42.0.0/24',
  );
  expect(await from('neighbour').connect('10.42.0.7', 8080)).toBe('timeout');
});

test('a host whose firewall lets nobody in can still be worked on by the lab', async () => {
  await host('hetzner1').must('ufw insert 1 deny proto tcp from any to any port 22');
  expect(await from('operator').connect('203.0.113.11', 22)).toBe('timeout');
  expect(await host('hetzner1').must('ufw status | head -1')).toBe('Status: active\n');
  await host('hetzner1').must('ufw delete deny proto tcp from any to any port 22');
  expect(await from('operator').connect('203.0.113.11', 22)).toBe('open');
});

test('the rules are in force again after a reboot, before anything can be reached', async () => {
  await host('hetzner1').reboot();
  const closed = [...at(80, '203.0.113.11'), ...at(6443, ...PUBLIC_ADDRESSES)];
  expect(await packetMatrix(['internet', 'services'], closed)).toEqual(
    expectAll(['internet', 'services'], closed, 'timeout'),
  );
  expect(await packetMatrix(['operator'], at(22, ...PUBLIC_ADDRESSES))).toEqual(
    expectAll(['operator'], at(22, ...PUBLIC_ADDRESSES), 'open'),
  );
});
