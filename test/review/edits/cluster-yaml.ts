import type { EditCase } from './edit.ts';

/** Edits of the one file that operators edit. */
export const clusterEdits: readonly EditCase[] = [
  {
    name: 'a new image of the api',
    cluster: (document) =>
      document.setIn(['images', 'api'], 'gitea.treytartt.com/admin/honeydue-api:0000001'),
    impact: 'rolls pods',
    subject: 'Deployment honeydue/api',
    says: '3 pods are replaced: an old one stays until a new one serves',
  },
  {
    name: 'one more api',
    cluster: (document) => document.setIn(['workloads', 'api', 'replicas'], 4),
    impact: 'config only',
    subject: 'Deployment honeydue/api',
    says: 'one pod is started, those that run stay',
  },
  {
    name: 'HTTPS at the origin',
    cluster: (document) => document.setIn(['edge', 'tls'], 'strict'),
    impact: 'widens access',
    subject: 'firewall rules',
    says: 'opens port 443/tcp',
  },
  {
    name: 'a larger volume for Redis',
    cluster: (document) => document.setIn(['workloads', 'redis', 'volume'], '10Gi'),
    impact: 'refused by the API',
    subject: 'StatefulSet honeydue/redis',
    says: 'cannot change',
  },
  {
    name: 'Redis on another node, where its volume is not',
    cluster: (document) => document.setIn(['workloads', 'redis', 'node'], 'ubuntu-8gb-nbg1-1'),
    impact: 'loses data',
    subject: 'StatefulSet honeydue/redis',
    says: 'its volume stays on ubuntu-8gb-nbg1-2',
  },
  {
    name: 'an address for kubectl',
    cluster: (document) => document.setIn(['firewall', 'kubernetesAPI'], ['203.0.113.7/32']),
    impact: 'widens access',
    subject: 'firewall rules',
    says: 'opens port 6443/tcp to 203.0.113.7/32',
  },
  {
    name: 'ssh from one address only',
    cluster: (document) => document.setIn(['firewall', 'ssh'], ['203.0.113.7/32']),
    impact: 'changes traffic',
    subject: 'firewall rules',
    says: 'closes port 22/tcp for 0.0.0.0/0, ::/0; it stays open to 203.0.113.7/32',
  },
  {
    name: 'a patch of k3s',
    cluster: (document) => document.setIn(['k3s', 'version'], 'v1.34.12+k3s1'),
    impact: 'interrupts',
    subject: 'k3s release',
    says: 'v1.34.6+k3s1 becomes v1.34.12+k3s1',
  },
  {
    name: 'debugging',
    cluster: (document) => document.setIn(['app', 'debug'], true),
    impact: 'interrupts',
    subject: 'Deployment honeydue/worker',
  },
  {
    name: 'a larger rate limit',
    cluster: (document) => document.setIn(['edge', 'rateLimit', 'burst'], 200),
    impact: 'changes traffic',
    subject: 'ConfigMap traefik/traefik-config',
    says: 'middleware rate-limit',
  },
  {
    name: 'another proxy than Cloudflare, whose word about clients is believed',
    cluster: (document) => document.setIn(['edge', 'proxyRanges'], ['198.51.100.0/24']),
    impact: 'widens access',
    subject: 'DaemonSet traefik/traefik',
    says: "believes what 198.51.100.0/24 says about a client's address",
  },
  {
    name: 'a password for the admin panel',
    cluster: (document) => document.setIn(['edge', 'adminBasicAuth'], true),
    impact: 'changes traffic',
    subject: 'ConfigMap traefik/traefik-config',
    says: 'router admin, middleware admin-auth',
  },
  {
    name: 'another mail port, which policies open',
    cluster: (document) => document.setIn(['mail', 'port'], 465),
    impact: 'widens access',
    subject: 'NetworkPolicy honeydue/api',
    says: 'opens port 465/TCP to 0.0.0.0/0',
  },
  {
    name: 'a fourth and a fifth server',
    cluster: (document) => {
      for (const n of [4, 5])
        document.addIn(['nodes'], {
          alias: `hetzner${n}`,
          hostname: `ubuntu-8gb-nbg1-${n}`,
          privateIPv4: `10.0.0.${n + 1}`,
          publicIPv4: `203.0.113.${n}`,
          publicIPv6: `2001:db8::${n}`,
        });
    },
    impact: 'widens access',
    subject: 'firewall rules',
    says: 'opens port 6443/tcp to 10.0.0.5',
  },
];
