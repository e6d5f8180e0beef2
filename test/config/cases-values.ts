import { type Case, swap } from './edits.ts';

/** Names, addresses, networks and versions that do not fit. The edges of these types are in values.test.ts. */
export const valueCases: readonly Case[] = [
  {
    why: 'a provider that is not supported',
    edit: swap('kind: hetzner', 'kind: aws'),
    errors: ['cluster.yaml:4:9: provider.kind: found "aws"; allowed: hetzner or static'],
  },
  {
    why: 'a provider, misspelt',
    edit: swap('kind: hetzner', 'kind: hetzer'),
    errors: [
      'cluster.yaml:4:9: provider.kind: found "hetzer"; allowed: hetzner or static; did you mean hetzner?',
    ],
  },
  {
    why: 'a provider in capitals',
    edit: swap('kind: hetzner', 'kind: Hetzner'),
    errors: [
      'cluster.yaml:4:9: provider.kind: found "Hetzner"; allowed: hetzner or static; did you mean hetzner?',
    ],
  },
  {
    why: 'what only Hetzner has, for hosts that exist already',
    edit: swap('kind: hetzner', 'kind: static'),
    errors: [
      'cluster.yaml:5:3: provider.location: unknown key; allowed: kind, user',
      'cluster.yaml:6:3: provider.serverType: unknown key; allowed: kind, user',
      'cluster.yaml:7:3: provider.image: unknown key; allowed: kind, user',
    ],
  },
  {
    why: 'a word with a space',
    edit: swap('location: nbg1', 'location: Nuremberg 1'),
    errors: ['cluster.yaml:5:13: provider.location: found "Nuremberg 1"; allowed: a location such as nbg1'],
  },
  {
    why: 'an empty word',
    edit: swap('serverType: cx33', 'serverType: ""'),
    errors: ['cluster.yaml:6:15: provider.serverType: found ""; allowed: a server type such as cx33'],
  },
  {
    why: 'a word that YAML reads as a number',
    edit: swap('  image: ubuntu-24.04', '  image: 24.04'),
    errors: ['cluster.yaml:7:10: provider.image: found 24.04; allowed: an image such as ubuntu-24.04'],
  },
  {
    why: 'a host name with an underscore',
    edit: swap('hostname: node-3', 'hostname: node_3'),
    errors: [
      'cluster.yaml:20:15: nodes[2].hostname: found "node_3"; allowed: a host name: lower-case letters, digits and -, at most 63 characters',
    ],
  },
  {
    why: 'an alias in capitals',
    edit: swap('alias: three', 'alias: Three'),
    errors: [
      'cluster.yaml:19:12: nodes[2].alias: found "Three"; allowed: a host name: lower-case letters, digits and -, at most 63 characters',
    ],
  },
  {
    why: 'an IPv4 address with 256',
    edit: swap('192.0.2.3', '192.0.2.256'),
    errors: [
      'cluster.yaml:22:17: nodes[2].publicIPv4: found "192.0.2.256"; allowed: an IPv4 address such as 10.0.0.2',
    ],
  },
  {
    why: 'an IPv4 address with a leading zero, which some read as octal',
    edit: swap('192.0.2.3', '192.0.02.3'),
    errors: [
      'cluster.yaml:22:17: nodes[2].publicIPv4: found "192.0.02.3"; allowed: an IPv4 address such as 10.0.0.2',
    ],
  },
  {
    why: 'an IPv4 address in publicIPv6',
    edit: swap('2001:db8:3::1', '192.0.2.3'),
    errors: [
      'cluster.yaml:23:17: nodes[2].publicIPv6: found "192.0.2.3"; allowed: an IPv6 address in its shortest form such as 2001:db8::1',
    ],
  },
  {
    why: 'an IPv6 address in publicIPv4',
    edit: swap('publicIPv4: 192.0.2.3', 'publicIPv4: 2001:db8:3::1'),
    errors: [
      'cluster.yaml:22:17: nodes[2].publicIPv4: found "2001:db8:3::1"; allowed: an IPv4 address such as 10.0.0.2',
    ],
  },
  {
    why: 'the /64 that the provider shows, not the address in it',
    edit: swap('2001:db8:3::1', '2001:db8:3::/64'),
    errors: [
      'cluster.yaml:23:17: nodes[2].publicIPv6: found "2001:db8:3::/64"; allowed: an IPv6 address in its shortest form such as 2001:db8::1',
    ],
  },
  {
    why: 'an IPv6 address in a longer form, which would never match what the host reports',
    edit: swap('2001:db8:3::1', '2001:0db8:3::1'),
    errors: [
      'cluster.yaml:23:17: nodes[2].publicIPv6: found "2001:0db8:3::1"; allowed: an IPv6 address in its shortest form such as 2001:db8::1',
    ],
  },
  {
    why: 'a network with host bits',
    edit: swap('10.42.0.0/16', '10.42.0.1/16'),
    errors: [
      'cluster.yaml:26:12: network.podCIDR: found "10.42.0.1/16"; allowed: an IPv4 network whose host bits are zero, such as 10.0.0.0/24',
    ],
  },
  {
    why: 'an address for a network',
    edit: swap('10.42.0.0/16', '10.42.0.0'),
    errors: [
      'cluster.yaml:26:12: network.podCIDR: found "10.42.0.0"; allowed: an IPv4 network whose host bits are zero, such as 10.0.0.0/24',
    ],
  },
  {
    why: 'an IPv6 network for pods',
    edit: swap('10.42.0.0/16', '2001:db8::/56'),
    errors: [
      'cluster.yaml:26:12: network.podCIDR: found "2001:db8::/56"; allowed: an IPv4 network whose host bits are zero, such as 10.0.0.0/24',
    ],
  },
  {
    why: 'an address for a source',
    edit: swap('203.0.113.7/32', '203.0.113.7'),
    errors: [
      'cluster.yaml:47:19: firewall.kubernetesAPI[0]: found "203.0.113.7"; allowed: a network whose host bits are zero, such as 203.0.113.7/32 or 2001:db8::/64',
    ],
  },
  {
    why: 'a word for a source',
    edit: swap('[0.0.0.0/0, "::/0"]', '[anywhere]'),
    errors: [
      'cluster.yaml:46:9: firewall.ssh[0]: found "anywhere"; allowed: a network whose host bits are zero, such as 203.0.113.7/32 or 2001:db8::/64',
    ],
  },
  {
    why: 'a k3s release of a minor that is too old',
    edit: swap('v1.34.6+k3s1', 'v1.33.5+k3s1'),
    errors: [
      'cluster.yaml:29:12: k3s.version: found "v1.33.5+k3s1"; allowed: an exact k3s release of minor 1.34 or later such as v1.34.6+k3s1',
    ],
  },
  {
    why: 'a channel instead of a release',
    edit: swap('v1.34.6+k3s1', 'stable'),
    errors: [
      'cluster.yaml:29:12: k3s.version: found "stable"; allowed: an exact k3s release of minor 1.34 or later such as v1.34.6+k3s1',
    ],
  },
  {
    why: 'a release without its k3s part',
    edit: swap('v1.34.6+k3s1', 'v1.34.6'),
    errors: [
      'cluster.yaml:29:12: k3s.version: found "v1.34.6"; allowed: an exact k3s release of minor 1.34 or later such as v1.34.6+k3s1',
    ],
  },
  {
    why: 'a domain in capitals',
    edit: swap('apex: example.com', 'apex: Example.com'),
    errors: [
      'cluster.yaml:33:9: domains.apex: found "Example.com"; allowed: a domain name in lower case such as api.example.com',
    ],
  },
  {
    why: 'a domain with a scheme',
    edit: swap('host: db.example.net', 'host: https://db.example.net'),
    errors: [
      'cluster.yaml:92:9: database.host: found "https://db.example.net"; allowed: a domain name in lower case such as api.example.com',
    ],
  },
  {
    why: 'an address for a domain',
    edit: swap('host: db.example.net', 'host: 192.0.2.9'),
    errors: [
      'cluster.yaml:92:9: database.host: found "192.0.2.9"; allowed: a domain name in lower case such as api.example.com',
    ],
  },
];
