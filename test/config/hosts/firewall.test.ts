import { cloudflareRanges } from '../../../config/cloudflare.ts';
import { ufwCommand, ufwTuple } from '../../../config/hosts/ufw-render.ts';
import { isIPv6, type UfwRule } from '../../../config/hosts/ufw-rule.ts';
import { ufwRules } from '../../../config/hosts/ufw-rules.ts';
import type { Cluster } from '../../../config/schema.ts';
import { cluster, variants } from '../../clusters.ts';
import { type Packet, passes } from '../packets.ts';

/** Who reaches what on the second server, worked out packet by packet; the lab measures the same with real ones. */

const real = variants['as it is']();
const narrow = cluster((document) => {
  document.setIn(['firewall', 'ssh'], ['192.0.2.10/32', '2001:db8:2::/64']);
  document.setIn(['firewall', 'kubernetesAPI'], ['192.0.2.10/32', '2001:db8:2::10/128']);
});
const strict = variants['strict edge']();
const bare = variants['hosts without a private network']();

const PORTS = [
  ...[
    1, 22, 53, 80, 443, 2378, 2379, 2380, 2381, 3000, 5001, 6060, 6379, 6443, 6444, 8000, 8472, 9100, 10250,
  ],
  ...[10256, 30000, 31000, 32767, 51820, 65535],
];

function second(of: Cluster) {
  const node = of.nodes[1];
  if (node === undefined) throw new Error('no second node');
  return { node, rules: ufwRules(of, node) };
}

type Route = Omit<Packet, 'protocol' | 'port'>;

/** `22/tcp, 8472/udp`: all of PORTS that a source reaches. */
function reached(rules: readonly UfwRule[], route: Route): string {
  return PORTS.flatMap((port) =>
    (['tcp', 'udp'] as const)
      .filter((protocol) => passes(rules, { ...route, protocol, port }))
      .map((protocol) => `${port}/${protocol}`),
  ).join(' ');
}

const PUBLIC = { in: 'eth0', to: '178.105.32.198' };
const PUBLIC6 = { in: 'eth0', to: '2a01:4f8:1c18:5ecf::1' };
const PRIVATE = { in: 'enp7s0', to: '10.0.0.3' };
const POD = { in: 'cni0', from: '10.42.1.7' };
const FROM_PEERS = '2379/tcp 2380/tcp 6443/tcp 8472/udp 9100/tcp 10250/tcp';
const FROM_PEERS_BARE = '2379/tcp 2380/tcp 6443/tcp 9100/tcp 10250/tcp 51820/udp';

// With firewall.ssh narrowed, so that ssh does not show up for everybody.
test.each<[string, Cluster, Route, string]>([
  ['a stranger', narrow, { ...PUBLIC, from: '203.0.113.99' }, ''],
  ['a stranger by IPv6', narrow, { ...PUBLIC6, from: '2001:db8:bad::1' }, ''],
  ['an operator', narrow, { ...PUBLIC, from: '192.0.2.10' }, '22/tcp 6443/tcp'],
  ['an operator by IPv6', narrow, { ...PUBLIC6, from: '2001:db8:2::10' }, '22/tcp 6443/tcp'],
  ['who is only in firewall.ssh', narrow, { ...PUBLIC6, from: '2001:db8:2::11' }, '22/tcp'],
  ['Cloudflare', narrow, { ...PUBLIC, from: '104.16.0.1' }, '80/tcp'],
  ['Cloudflare by IPv6', narrow, { ...PUBLIC6, from: '2606:4700::1' }, '80/tcp'],
  ['another server', narrow, { ...PRIVATE, from: '10.0.0.2' }, FROM_PEERS],
  ['the third server', narrow, { ...PRIVATE, from: '10.0.0.4' }, FROM_PEERS],
  ['another server by the public network', narrow, { ...PUBLIC, from: '178.104.247.152' }, ''],
  ['its private address sent to the public one', narrow, { ...PUBLIC, from: '10.0.0.2' }, ''],
  ['another host on the private network', narrow, { ...PRIVATE, from: '10.0.0.200' }, ''],
  ['a pod of this node', narrow, { ...POD, to: '10.0.0.3' }, '6443/tcp 9100/tcp 10250/tcp'],
  ['a pod, by the public address', narrow, { ...POD, to: '178.105.32.198' }, ''],
  ['who says to be a pod, from outside', narrow, { ...PRIVATE, from: '10.42.1.7' }, ''],
  ['everybody, as firewall.ssh says', real, { ...PUBLIC, from: '203.0.113.99' }, '22/tcp'],
  ['everybody by IPv6', real, { ...PUBLIC6, from: '2001:db8:bad::1' }, '22/tcp'],
  ['Cloudflare, strict: port 80 is closed', strict, { ...PUBLIC, from: '104.16.0.1' }, '22/tcp 443/tcp'],
  ['Cloudflare by IPv6, strict', strict, { ...PUBLIC6, from: '2606:4700::1' }, '22/tcp 443/tcp'],
  [
    'another server, without a private network: by its public address, pods encrypted',
    bare,
    { ...PUBLIC, from: '178.104.247.152' },
    `22/tcp ${FROM_PEERS_BARE}`,
  ],
])('%s', (_, of, route, expected) => {
  expect(reached(second(of).rules, route)).toBe(expected);
});

/** All of PORTS but some. */
const allBut = (...closed: readonly string[]) =>
  PORTS.flatMap((port) => [`${port}/tcp`, `${port}/udp`])
    .filter((port) => !closed.includes(port))
    .join(' ');
const NOT_FOR_PODS = ['22/tcp', '2379/tcp', '2380/tcp'];

// A pod's packet leaves with its node's address: what the other node lets peers do, this one must not let pods do.
test.each<[string, Cluster, Route, string]>([
  ['a pod to the world', real, { ...POD, out: 'eth0', to: '203.0.113.99' }, allBut()],
  [
    'a pod to another server',
    real,
    { ...POD, out: 'enp7s0', to: '10.0.0.2' },
    allBut(...NOT_FOR_PODS, '8472/udp'),
  ],
  [
    'a pod to another server without a private network',
    bare,
    { ...POD, out: 'eth0', to: '178.104.247.152' },
    allBut(...NOT_FOR_PODS, '51820/udp'),
  ],
  ['a pod to a pod of another node', real, { ...POD, out: 'flannel.1', to: '10.42.0.9' }, allBut()],
  [
    'a pod of another node to one of this',
    real,
    { ...POD, in: 'flannel.1', out: 'cni0', to: '10.42.1.9' },
    allBut(),
  ],
  ['the same, encrypted', bare, { ...POD, in: 'flannel-wg', out: 'cni0', to: '10.42.1.9' }, allBut()],
  ['a stranger to a pod', real, { in: 'eth0', out: 'cni0', from: '203.0.113.99', to: '10.42.1.9' }, ''],
  [
    'another server to a pod, past the pod network',
    real,
    { in: 'enp7s0', out: 'cni0', from: '10.0.0.2', to: '10.42.1.9' },
    '',
  ],
  [
    'a neighbour through this host',
    real,
    { in: 'enp7s0', out: 'eth0', from: '10.0.0.200', to: '203.0.113.99' },
    '',
  ],
  ['a stranger by IPv6', real, { in: 'eth0', out: 'eth0', from: '2001:db8:bad::1', to: '2001:db8::5' }, ''],
])('routed: %s', (_, of, route, expected) => {
  expect(reached(second(of).rules, route)).toBe(expected);
});

describe.each(Object.entries(variants))('%s', (_, variant) => {
  const of = variant();

  test('ssh comes first, in each family: rules are added in this order, and none may lock us out', () => {
    const { rules } = second(of);
    for (const list of [rules.filter(isIPv6), rules.filter((rule) => !isIPv6(rule))]) {
      expect(list[0]).toMatchObject({ action: 'allow', service: { protocol: 'tcp', ports: [22] } });
    }
  });

  test('every node lets in exactly the others, all of them alike', () => {
    for (const node of of.nodes) {
      const peers = of.nodes
        .filter((other) => other !== node)
        .map((other) => other.privateIPv4 ?? other.publicIPv4);
      const senders = new Map<string, string[]>();
      for (const { tag, from } of ufwRules(of, node)) {
        const [service, peer] = tag.split(' from hetzner');
        if (service && peer) senders.set(service, [...(senders.get(service) ?? []), from]);
      }
      expect(senders.size).toBe(5);
      for (const [, list] of senders) expect(list).toEqual(peers);
    }
  });

  test('nothing but ssh is open to everybody, and a rule for pods names their bridge or their network device', () => {
    for (const rule of second(of).rules) {
      if (rule.from.endsWith('/0')) expect(rule.tag).toBe('ssh');
      if (rule.from === of.network.podCIDR) expect(rule.in).toMatch(/^(cni0|flannel\.1|flannel-wg)$/);
    }
  });

  // A run compares these with what a host has: two rules of one name would hide each other.
  test('no rule stands there twice, in either form', () => {
    const { rules } = second(of);
    for (const form of [ufwTuple, ufwCommand]) expect(new Set(rules.map(form)).size).toBe(rules.length);
  });
});

test("the edge port is open to each of Cloudflare's ranges and to nothing else", () => {
  const open = second(real).rules.filter(({ service }) => service?.ports.includes(80));
  expect(open.map(({ from }) => from)).toEqual(cloudflareRanges);
});

// The exact words matter: a host's rules are read back and compared with these.
test('a rule as a command and as UFW keeps it, where UFW shortens a network of one address', () => {
  const { rules } = second(narrow);
  const lines = (tag: string) =>
    rules.filter((rule) => rule.tag === tag).map((rule) => [ufwCommand(rule), ufwTuple(rule)]);
  expect(lines('kubernetes api')).toEqual([
    [
      "ufw allow from 192.0.2.10/32 to any port 6443 proto tcp comment 'honeydue: kubernetes api'",
      '### tuple ### allow tcp 6443 0.0.0.0/0 any 192.0.2.10 in comment=686f6e65796475653a206b756265726e6574657320617069',
    ],
    [
      "ufw allow from 2001:db8:2::10/128 to any port 6443 proto tcp comment 'honeydue: kubernetes api'",
      '### tuple ### allow tcp 6443 ::/0 any 2001:db8:2::10 in comment=686f6e65796475653a206b756265726e6574657320617069',
    ],
  ]);
  expect(lines('pods of other nodes')).toEqual([
    [
      "ufw route allow in on flannel.1 out on cni0 from 10.42.0.0/16 to 10.42.0.0/16 comment 'honeydue: pods of other nodes'",
      '### tuple ### route:allow any any 10.42.0.0/16 any 10.42.0.0/16 in_flannel.1!out_cni0 ' +
        'comment=686f6e65796475653a20706f6473206f66206f74686572206e6f646573',
    ],
  ]);
});
