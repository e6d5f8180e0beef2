import { all, type Case, drop, swap } from './edits.ts';

const nodeTwo =
  '  - alias: two\n    hostname: node-2\n    privateIPv4: 10.0.0.3\n    publicIPv4: 192.0.2.2\n    publicIPv6: 2001:db8:2::1\n';
const nodeFour = nodeTwo
  .replaceAll('2\n', '4\n')
  .replace('two', 'four')
  .replace('0.3', '0.5')
  .replace(':2:', ':4:');
const withFour = swap(nodeTwo, nodeTwo + nodeFour);
const withoutPrivateNetwork = drop('  privateCIDR: 10.0.0.0/24\n');

/** The rules of config/rules-addresses.ts: servers, their names and addresses and networks. */
export const addressCases: readonly Case[] = [
  {
    why: 'four servers: one more to lose, and no more that may be lost',
    edit: withFour,
    errors: [
      'cluster.yaml:9:3: nodes: found a list of 4; allowed: 3, 5 or 7 servers: etcd needs a majority of an odd number to survive a loss',
    ],
  },
  {
    why: 'two servers, one of them gone with the volume of Redis',
    edit: drop(nodeTwo),
    errors: [
      'cluster.yaml:9:3: nodes: found a list of 2; allowed: 3, 5 or 7 servers: etcd needs a majority of an odd number to survive a loss',
      'cluster.yaml:67:11: workloads.redis.node: found "node-2"; allowed: the hostname of a node: node-1, node-3; did you mean node-1?',
    ],
  },
  {
    why: 'no server: nothing is said of Redis, which could be nowhere',
    edit: (text) => text.replace(/nodes:\n.*\nnetwork/s, 'nodes: []\nnetwork'),
    errors: [
      'cluster.yaml:8:8: nodes: found a list of 0; allowed: 3, 5 or 7 servers: etcd needs a majority of an odd number to survive a loss',
    ],
  },
  {
    why: 'nine servers: more than seven slow every write of etcd',
    edit: swap(
      'nodes:\n',
      `nodes:\n${[5, 6, 7, 8, 9, 10].map((n) => `  - { alias: n${n}, hostname: node-${n}, privateIPv4: 10.0.0.1${n}, publicIPv4: 192.0.2.${n}, publicIPv6: "2001:db8:a${n}::1" }\n`).join('')}`,
    ),
    errors: [
      'cluster.yaml:9:3: nodes: found a list of 9; allowed: 3, 5 or 7 servers: etcd needs a majority of an odd number to survive a loss',
    ],
  },
  {
    why: 'an alias twice',
    edit: swap('alias: three', 'alias: one'),
    errors: [
      'cluster.yaml:19:12: nodes[2].alias: found "one"; allowed: a value of its own; nodes[0].alias has this one',
    ],
  },
  {
    why: 'a hostname twice',
    edit: swap('hostname: node-3', 'hostname: node-1'),
    errors: [
      'cluster.yaml:20:15: nodes[2].hostname: found "node-1"; allowed: a value of its own; nodes[0].hostname has this one',
    ],
  },
  {
    why: 'the alias of one is the hostname of another',
    edit: swap('alias: three', 'alias: node-1'),
    errors: [
      'cluster.yaml:19:12: nodes[2].alias: found "node-1"; allowed: a value of its own; nodes[0].hostname has this one',
    ],
  },
  {
    why: 'a private address twice',
    edit: swap('privateIPv4: 10.0.0.4', 'privateIPv4: 10.0.0.2'),
    errors: [
      'cluster.yaml:21:18: nodes[2].privateIPv4: found "10.0.0.2"; allowed: a value of its own; nodes[0].privateIPv4 has this one',
    ],
  },
  {
    why: 'a public IPv4 address twice',
    edit: swap('192.0.2.3', '192.0.2.2'),
    errors: [
      'cluster.yaml:22:17: nodes[2].publicIPv4: found "192.0.2.2"; allowed: a value of its own; nodes[1].publicIPv4 has this one',
    ],
  },
  {
    why: 'a public IPv6 address twice',
    edit: swap('2001:db8:3::1', '2001:db8:1::1'),
    errors: [
      'cluster.yaml:23:17: nodes[2].publicIPv6: found "2001:db8:1::1"; allowed: a value of its own; nodes[0].publicIPv6 has this one',
    ],
  },
  {
    why: 'a private address outside the private network',
    edit: swap('10.0.0.4', '10.0.1.4'),
    errors: [
      'cluster.yaml:21:18: nodes[2].privateIPv4: found "10.0.1.4"; allowed: a free address in network.privateCIDR, 10.0.0.0/24; 10.0.0.1 is its gateway',
    ],
  },
  {
    why: 'the gateway as a node',
    edit: swap('10.0.0.4', '10.0.0.1'),
    errors: [
      'cluster.yaml:21:18: nodes[2].privateIPv4: found "10.0.0.1"; allowed: a free address in network.privateCIDR, 10.0.0.0/24; 10.0.0.1 is its gateway',
    ],
  },
  {
    why: 'the network itself as a node',
    edit: swap('privateIPv4: 10.0.0.4', 'privateIPv4: 10.0.0.0'),
    errors: [
      'cluster.yaml:21:18: nodes[2].privateIPv4: found "10.0.0.0"; allowed: a free address in network.privateCIDR, 10.0.0.0/24; 10.0.0.1 is its gateway',
    ],
  },
  {
    why: 'the broadcast address as a node',
    edit: swap('privateIPv4: 10.0.0.4', 'privateIPv4: 10.0.0.255'),
    errors: [
      'cluster.yaml:21:18: nodes[2].privateIPv4: found "10.0.0.255"; allowed: a free address in network.privateCIDR, 10.0.0.0/24; 10.0.0.1 is its gateway',
    ],
  },
  {
    why: 'a node without private address in a private network',
    edit: drop('    privateIPv4: 10.0.0.4\n'),
    errors: [
      'cluster.yaml:19:5: nodes[2].privateIPv4: found nothing; allowed: an address in network.privateCIDR, 10.0.0.0/24',
    ],
  },
  {
    why: 'Hetzner without a private network, told once and not for each node',
    edit: withoutPrivateNetwork,
    errors: [
      'cluster.yaml:25:3: network.privateCIDR: found nothing; allowed: a network: provider hetzner creates it',
    ],
  },
  {
    why: 'private addresses without a private network',
    edit: all(
      withoutPrivateNetwork,
      swap('  kind: hetzner\n  location: nbg1\n  serverType: cx33\n  image: ubuntu-24.04', '  kind: static'),
    ),
    errors: [
      'cluster.yaml:8:18: nodes[0].privateIPv4: found "10.0.0.2"; allowed: nothing, as network.privateCIDR is not set',
      'cluster.yaml:13:18: nodes[1].privateIPv4: found "10.0.0.3"; allowed: nothing, as network.privateCIDR is not set',
      'cluster.yaml:18:18: nodes[2].privateIPv4: found "10.0.0.4"; allowed: nothing, as network.privateCIDR is not set',
    ],
  },
  {
    why: 'hosts that exist, of which two cannot be found',
    edit: all(
      swap('  kind: hetzner\n  location: nbg1\n  serverType: cx33\n  image: ubuntu-24.04', '  kind: static'),
      drop('    publicIPv4: 192.0.2.2\n'),
      drop('    publicIPv4: 192.0.2.3\n'),
    ),
    errors: [
      'cluster.yaml:11:5: nodes[1].publicIPv4: found nothing; allowed: the address by which the host is reached: provider static has hosts that exist',
      'cluster.yaml:15:5: nodes[2].publicIPv4: found nothing; allowed: the address by which the host is reached: provider static has hosts that exist',
    ],
  },
  {
    why: 'a public address inside the pod network',
    edit: swap('192.0.2.3', '10.42.7.7'),
    errors: [
      'cluster.yaml:22:17: nodes[2].publicIPv4: found "10.42.7.7"; allowed: an address outside network.podCIDR, 10.42.0.0/16',
    ],
  },
  {
    why: 'pods in the private network',
    edit: swap('podCIDR: 10.42.0.0/16', 'podCIDR: 10.0.0.0/16'),
    errors: [
      'cluster.yaml:26:12: network.podCIDR: found "10.0.0.0/16"; allowed: a network apart from network.privateCIDR, 10.0.0.0/24',
    ],
  },
  {
    why: 'services in the pod network',
    edit: swap('serviceCIDR: 10.43.0.0/16', 'serviceCIDR: 10.42.128.0/17'),
    errors: [
      'cluster.yaml:27:16: network.serviceCIDR: found "10.42.128.0/17"; allowed: a network apart from network.podCIDR, 10.42.0.0/16',
    ],
  },
  {
    why: 'services around the other two networks',
    edit: swap('serviceCIDR: 10.43.0.0/16', 'serviceCIDR: 10.0.0.0/8'),
    errors: [
      'cluster.yaml:27:16: network.serviceCIDR: found "10.0.0.0/8"; allowed: a network apart from network.privateCIDR, 10.0.0.0/24',
      'cluster.yaml:27:16: network.serviceCIDR: found "10.0.0.0/8"; allowed: a network apart from network.podCIDR, 10.42.0.0/16',
    ],
  },
  {
    why: 'a pod network for one node',
    edit: swap('10.42.0.0/16', '10.42.0.0/24'),
    errors: [
      'cluster.yaml:26:12: network.podCIDR: found "10.42.0.0/24"; allowed: a network of /20 or larger',
    ],
  },
  {
    why: 'a service network without room for fixed addresses',
    edit: swap('10.43.0.0/16', '10.43.0.0/24'),
    errors: [
      'cluster.yaml:27:16: network.serviceCIDR: found "10.43.0.0/24"; allowed: a network of /20 or larger',
    ],
  },
];
