import { all, below, type Case, drop, swap } from './edits.ts';

/** Several mistakes at once: all of them, in the order of the file, whichever check found them. */
export const severalCases: readonly Case[] = [
  {
    why: 'mistakes of every kind, from the bottom of the file to its top',
    edit: all(
      swap('https://obs', 'http://obs'),
      swap('  port: 587', '  prot: 587'),
      drop('  bucket: uploads\n'),
      swap('replicas: 1', 'replicas: 2'),
      swap('docker.io/library/redis:7.4.9-alpine', 'redis:latest'),
      swap('burst: 100', 'burst: 49'),
      swap('podCIDR: 10.42.0.0/16', 'podCIDR: 10.0.0.0/16'),
      swap('kind: hetzner', 'kind: hetzer'),
    ),
    errors: [
      'cluster.yaml:4:9: provider.kind: found "hetzer"; allowed: hetzner or static; did you mean hetzner?',
      'cluster.yaml:26:12: network.podCIDR: found "10.0.0.0/16"; allowed: a network apart from network.privateCIDR, 10.0.0.0/24',
      'cluster.yaml:40:12: edge.rateLimit.burst: found 49; allowed: at least edge.rateLimit.average, 50',
      'cluster.yaml:52:10: images.redis: found "redis:latest"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
      'cluster.yaml:62:15: workloads.worker.replicas: found 2; allowed: 1: the worker holds the job scheduler, and a second copy would run every periodic job twice',
      'cluster.yaml:98:3: b2.bucket: found nothing; allowed: a bucket name',
      'cluster.yaml:103:3: mail.prot: unknown key; allowed: host, port; did you mean port?',
      'cluster.yaml:111:19: observability.remoteWriteURL: found "http://obs.example.net/api/v1/write"; allowed: an https:// URL without user, password, query or fragment',
    ],
  },
  {
    why: 'two mistakes on one line, from left to right',
    edit: swap('{ cpu: 500m, memory: 256Mi,', '{ memory: 256, cpu: half,'),
    errors: [
      'cluster.yaml:86:25: workloads.vmagent.resources.limits.memory: found 256; allowed: a size in whole Mi or Gi such as 256Mi',
      'cluster.yaml:86:35: workloads.vmagent.resources.limits.cpu: found "half"; allowed: CPU in millicores such as 250m',
    ],
  },
  {
    why: 'a node copied and not edited',
    edit: swap(
      'alias: three\n    hostname: node-3\n    privateIPv4: 10.0.0.4\n    publicIPv4: 192.0.2.3',
      'alias: two\n    hostname: node-2\n    privateIPv4: 10.0.0.3\n    publicIPv4: 192.0.2.2',
    ),
    errors: [
      'cluster.yaml:19:12: nodes[2].alias: found "two"; allowed: a value of its own; nodes[1].alias has this one',
      'cluster.yaml:20:15: nodes[2].hostname: found "node-2"; allowed: a value of its own; nodes[1].hostname has this one',
      'cluster.yaml:21:18: nodes[2].privateIPv4: found "10.0.0.3"; allowed: a value of its own; nodes[1].privateIPv4 has this one',
      'cluster.yaml:22:17: nodes[2].publicIPv4: found "192.0.2.2"; allowed: a value of its own; nodes[1].publicIPv4 has this one',
    ],
  },
  {
    why: 'a wrong address of a node stops the comparison of nodes, not that of networks',
    edit: all(
      swap('192.0.2.3', '192.0.2.300'),
      swap('serviceCIDR: 10.43.0.0/16', 'serviceCIDR: 10.42.0.0/16'),
    ),
    errors: [
      'cluster.yaml:22:17: nodes[2].publicIPv4: found "192.0.2.300"; allowed: an IPv4 address such as 10.0.0.2',
      'cluster.yaml:27:16: network.serviceCIDR: found "10.42.0.0/16"; allowed: a network apart from network.podCIDR, 10.42.0.0/16',
    ],
  },
  {
    why: 'a key in the wrong group is unknown there and missing here',
    edit: all(drop('  sslMode: require\n'), below('  port: 587', '  sslMode: require')),
    errors: [
      'cluster.yaml:92:3: database.sslMode: found nothing; allowed: require or verify-ca or verify-full',
      'cluster.yaml:104:3: mail.sslMode: unknown key; allowed: host, port',
    ],
  },
  {
    why: 'one key misspelt twice',
    edit: swap('  port: 587', '  prot: 587\n  potr: 587'),
    errors: [
      'cluster.yaml:104:3: mail.prot: unknown key; allowed: host, port; did you mean port?',
      'cluster.yaml:105:3: mail.potr: unknown key; allowed: host, port; did you mean port?',
    ],
  },
];
