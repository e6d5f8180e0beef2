import { all, type Case, swap } from './edits.ts';

/** Domains, limits, what belongs to one edge mode, and who may reach what. */
export const edgeCases: readonly Case[] = [
  {
    why: 'a host two levels below the apex, which no free certificate covers',
    edit: swap('api: api.example.com', 'api: api.eu.example.com'),
    errors: [
      'cluster.yaml:34:8: domains.api: found "api.eu.example.com"; allowed: one label before domains.apex, such as api.example.com',
    ],
  },
  {
    why: 'a host beside the apex',
    edit: swap('admin: admin.example.com', 'admin: admin.example.org'),
    errors: [
      'cluster.yaml:35:10: domains.admin: found "admin.example.org"; allowed: one label before domains.apex, such as admin.example.com',
    ],
  },
  {
    why: 'another apex: both hosts are told',
    edit: swap('apex: example.com', 'apex: example.org'),
    errors: [
      'cluster.yaml:34:8: domains.api: found "api.example.com"; allowed: one label before domains.apex, such as api.example.org',
      'cluster.yaml:35:10: domains.admin: found "admin.example.com"; allowed: one label before domains.apex, such as admin.example.org',
    ],
  },
  {
    why: 'two hosts of one name',
    edit: swap('admin: admin.example.com', 'admin: api.example.com'),
    errors: [
      'cluster.yaml:35:10: domains.admin: found "api.example.com"; allowed: a domain of its own; domains.api has this one',
    ],
  },
  {
    why: 'a host that is the apex',
    edit: swap('api: api.example.com', 'api: example.com'),
    errors: [
      'cluster.yaml:34:8: domains.api: found "example.com"; allowed: a domain of its own; domains.apex has this one',
    ],
  },
  {
    why: 'client certificates without TLS',
    edit: swap('tls: strict', 'tls: flexible'),
    errors: [
      'cluster.yaml:44:17: edge.originPullCA: found "-----BEGIN CERTIFICATE-----"; allowed: nothing while edge.tls is flexible: there is no TLS to ask a certificate in',
    ],
  },
  {
    why: 'a burst below the average, which would never be reached',
    edit: swap('burst: 100', 'burst: 49'),
    errors: [
      'cluster.yaml:40:12: edge.rateLimit.burst: found 49; allowed: at least edge.rateLimit.average, 50',
    ],
  },
  {
    why: 'no proxy at all: nobody could reach the edge',
    edit: swap('[198.51.100.0/24, "2001:db8:c::/48"]', '[]'),
    errors: ['cluster.yaml:43:16: edge.proxyRanges: found a list of 0; allowed: at least one network'],
  },
  {
    why: 'a proxy that is not a network',
    edit: swap('198.51.100.0/24', 'cloudflare'),
    errors: [
      'cluster.yaml:43:17: edge.proxyRanges[0]: found "cloudflare"; allowed: a network whose host bits are zero, such as 203.0.113.7/32 or 2001:db8::/64',
    ],
  },
  {
    why: 'a wrong mode, and a burst that has nothing to do with it',
    edit: all(swap('tls: strict', 'tls: full'), swap('burst: 100', 'burst: 49')),
    errors: [
      'cluster.yaml:37:8: edge.tls: found "full"; allowed: flexible or both or strict',
      'cluster.yaml:40:12: edge.rateLimit.burst: found 49; allowed: at least edge.rateLimit.average, 50',
    ],
  },
  {
    why: 'ssh from nowhere',
    edit: swap('ssh: [0.0.0.0/0, "::/0"]', 'ssh: []'),
    errors: [
      'cluster.yaml:46:8: firewall.ssh: found a list of 0; allowed: at least one network, or nobody could log in to the servers',
    ],
  },
  {
    why: 'a source twice',
    edit: swap('[203.0.113.7/32]', '[203.0.113.7/32, 203.0.113.7/32]'),
    errors: [
      'cluster.yaml:47:35: firewall.kubernetesAPI[1]: found "203.0.113.7/32"; allowed: a network apart from the others; 203.0.113.7/32 overlaps it',
    ],
  },
  {
    why: 'a source within another',
    edit: swap('[0.0.0.0/0, "::/0"]', '[0.0.0.0/0, "::/0", 203.0.113.0/24]'),
    errors: [
      'cluster.yaml:46:28: firewall.ssh[2]: found "203.0.113.0/24"; allowed: a network apart from the others; 0.0.0.0/0 overlaps it',
    ],
  },
  {
    why: 'a source around two others, told once',
    edit: swap('[203.0.113.7/32]', '[203.0.113.7/32, 203.0.113.8/32, 203.0.113.0/24]'),
    errors: [
      'cluster.yaml:47:51: firewall.kubernetesAPI[2]: found "203.0.113.0/24"; allowed: a network apart from the others; 203.0.113.7/32 overlaps it',
    ],
  },
  {
    why: 'proxies that overlap',
    edit: swap('[198.51.100.0/24, "2001:db8:c::/48"]', '["2001:db8::/32", "2001:db8:c::/48"]'),
    errors: [
      'cluster.yaml:43:34: edge.proxyRanges[1]: found "2001:db8:c::/48"; allowed: a network apart from the others; 2001:db8::/32 overlaps it',
    ],
  },
];
