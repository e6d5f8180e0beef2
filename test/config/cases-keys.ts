import { below, type Case, drop, swap } from './edits.ts';

/** Keys that are unknown, misspelt, missing, or hold another kind of thing than they should. */
export const keyCases: readonly Case[] = [
  {
    why: 'an unknown group',
    edit: (text) => `${text}web:\n  replicas: 2\n`,
    errors: [
      'cluster.yaml:115:1: web: unknown key; allowed: provider, nodes, network, k3s, domains, edge, firewall, operators, images, workloads, app, database, b2, apns, mail, registry, observability',
    ],
  },
  {
    why: 'an unknown key',
    edit: below('  port: 587', '  password: none'),
    errors: ['cluster.yaml:105:3: mail.password: unknown key; allowed: host, port'],
  },
  {
    why: 'an unknown key below a list',
    edit: below('    hostname: node-2', '    role: agent'),
    errors: [
      'cluster.yaml:16:5: nodes[1].role: unknown key; allowed: alias, hostname, privateIPv4, publicIPv4, publicIPv6',
    ],
  },
  {
    why: 'an unknown key in a group whose values a rule walks through',
    edit: below('  serviceCIDR: 10.43.0.0/16', '  clusterDNS: no network'),
    errors: [
      'cluster.yaml:28:3: network.clusterDNS: unknown key; allowed: privateCIDR, podCIDR, serviceCIDR',
    ],
  },
  {
    why: 'a misspelt key, once: the key that it was meant to be is not missing as well',
    edit: swap('  port: 587', '  prot: 587'),
    errors: ['cluster.yaml:104:3: mail.prot: unknown key; allowed: host, port; did you mean port?'],
  },
  {
    why: 'a misspelt group that rules read',
    edit: swap('  redis:\n    node', '  rediss:\n    node'),
    errors: [
      'cluster.yaml:71:3: workloads.rediss: unknown key; allowed: api, worker, admin, redis, traefik, vmagent; did you mean redis?',
    ],
  },
  {
    why: 'a misspelt group at the top',
    edit: swap('observability:', 'observabilty:'),
    errors: [
      'cluster.yaml:111:1: observabilty: unknown key; allowed: provider, nodes, network, k3s, domains, edge, firewall, operators, images, workloads, app, database, b2, apns, mail, registry, observability; did you mean observability?',
    ],
  },
  {
    why: 'a misspelt key that a rule asks for',
    edit: swap('privateCIDR:', 'privateCidr:'),
    errors: [
      'cluster.yaml:25:3: network.privateCidr: unknown key; allowed: privateCIDR, podCIDR, serviceCIDR; did you mean privateCIDR?',
    ],
  },
  {
    why: 'a key in the style of another language',
    edit: swap('remoteWriteURL', 'remote_write_url'),
    errors: [
      'cluster.yaml:112:3: observability.remote_write_url: unknown key; allowed: remoteWriteURL; did you mean remoteWriteURL?',
    ],
  },
  {
    why: 'a misspelt kind of provider key',
    edit: swap('  kind:', '  knd:'),
    errors: [
      'cluster.yaml:4:3: provider.knd: unknown key; allowed: kind, location, serverType, image, user; did you mean kind?',
    ],
  },
  {
    why: 'the right key is there too, so the other is not taken for it',
    edit: below('  port: 587', '  prot: 587'),
    errors: ['cluster.yaml:105:3: mail.prot: unknown key; allowed: host, port'],
  },
  {
    why: 'a key that every JavaScript object has',
    edit: below('  port: 587', '  constructor: 1\n  __proto__: 2'),
    errors: [
      'cluster.yaml:105:3: mail.constructor: unknown key; allowed: host, port',
      'cluster.yaml:106:3: mail.__proto__: unknown key; allowed: host, port',
    ],
  },
  {
    why: 'an empty key',
    edit: below('  port: 587', '  "": 1'),
    errors: ['cluster.yaml:105:3: mail."": unknown key; allowed: host, port'],
  },
  {
    why: 'a key that would break the line of the message',
    edit: below('  port: 587', '  "a\\nb": 1'),
    errors: ['cluster.yaml:105:3: mail."a\\nb": unknown key; allowed: host, port'],
  },
  {
    why: 'a missing value',
    edit: drop('  port: 587\n'),
    errors: ['cluster.yaml:103:3: mail.port: found nothing; allowed: a port from 1 to 65535'],
  },
  {
    why: 'a missing group',
    edit: drop('mail:\n  host: smtp.example.net\n  port: 587\n'),
    errors: ['cluster.yaml:3:1: mail: found nothing; allowed: a group with the keys host, port'],
  },
  {
    why: 'a missing key of a node',
    edit: drop('    hostname: node-3\n'),
    errors: [
      'cluster.yaml:19:5: nodes[2].hostname: found nothing; allowed: a host name: lower-case letters, digits and -, at most 63 characters',
    ],
  },
  {
    why: 'a missing size',
    edit: drop('cpu: 2000m, memory: 500Mi, '),
    errors: [
      'cluster.yaml:60:15: workloads.api.resources.limits.cpu: found nothing; allowed: CPU in millicores such as 250m',
      'cluster.yaml:60:15: workloads.api.resources.limits.memory: found nothing; allowed: a size in whole Mi or Gi such as 256Mi',
    ],
  },
  {
    why: 'b2 by half: uploads would fail at the first file',
    edit: drop('  bucket: uploads\n'),
    errors: ['cluster.yaml:98:3: b2.bucket: found nothing; allowed: a bucket name'],
  },
  {
    why: 'b2 by the other half',
    edit: drop('  endpoint: s3.example.net\n'),
    errors: [
      'cluster.yaml:98:3: b2.endpoint: found nothing; allowed: a domain name in lower case such as api.example.com',
    ],
  },
  {
    why: 'b2 emptied but left: to have none of it, the key goes too',
    edit: drop('  bucket: uploads\n  endpoint: s3.example.net\n'),
    errors: ['cluster.yaml:97:4: b2: found no value; allowed: a group with the keys bucket, endpoint'],
  },
  {
    why: 'a group that is a word',
    edit: swap('mail:\n  host: smtp.example.net\n  port: 587', 'mail: fastmail'),
    errors: ['cluster.yaml:102:7: mail: found "fastmail"; allowed: a group with the keys host, port'],
  },
  {
    why: 'a group that is a list',
    edit: swap(
      'mail:\n  host: smtp.example.net\n  port: 587',
      'mail:\n  - host: smtp.example.net\n  - port: 587',
    ),
    errors: ['cluster.yaml:103:3: mail: found a list of 2; allowed: a group with the keys host, port'],
  },
  {
    why: 'a list that is a group',
    edit: swap('kubernetesAPI: [203.0.113.7/32]', 'kubernetesAPI: { home: 203.0.113.7/32 }'),
    errors: [
      'cluster.yaml:47:18: firewall.kubernetesAPI: found a group of keys; allowed: a list of networks',
    ],
  },
  {
    why: 'a list that is one value',
    edit: swap('kubernetesAPI: [203.0.113.7/32]', 'kubernetesAPI: 203.0.113.7/32'),
    errors: [
      'cluster.yaml:47:18: firewall.kubernetesAPI: found "203.0.113.7/32"; allowed: a list of networks',
    ],
  },
  {
    why: 'a list left empty by its key alone',
    edit: swap('kubernetesAPI: [203.0.113.7/32]', 'kubernetesAPI:'),
    errors: ['cluster.yaml:47:17: firewall.kubernetesAPI: found no value; allowed: a list of networks'],
  },
  {
    why: 'a node that is a word',
    edit: below('    publicIPv6: 2001:db8:3::1', '  - four'),
    errors: [
      'cluster.yaml:24:5: nodes[3]: found "four"; allowed: a group with the keys alias, hostname, privateIPv4, publicIPv4, publicIPv6',
    ],
  },
  {
    why: 'a value that is a group',
    edit: swap('  port: 587', '  port: { tls: 587 }'),
    errors: ['cluster.yaml:104:9: mail.port: found a group of keys; allowed: a port from 1 to 65535'],
  },
  {
    why: 'a value that is a list',
    edit: swap('  port: 587', '  port: [465, 587]'),
    errors: ['cluster.yaml:104:9: mail.port: found a list of 2; allowed: a port from 1 to 65535'],
  },
  {
    why: 'a provider that is a word',
    edit: swap(
      'provider:\n  kind: hetzner\n  location: nbg1\n  serverType: cx33\n  image: ubuntu-24.04',
      'provider: hetzner',
    ),
    errors: [
      'cluster.yaml:3:11: provider: found "hetzner"; allowed: a group with the keys kind, location, serverType, image, user',
    ],
  },
];
