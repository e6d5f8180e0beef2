import type { EditCase } from './edit.ts';

/** Edits of what provisioning makes true on a server. */
export const hostEdits: readonly EditCase[] = [
  {
    name: 'root may log in',
    host: ['PermitRootLogin no', 'PermitRootLogin yes'],
    impact: 'widens access',
    subject: '/etc/ssh/sshd_config.d/00-honeydue.conf',
    says: 'PermitRootLogin',
  },
  {
    name: 'an old cipher',
    host: ['aes128-ctr\n', 'aes128-ctr,3des-cbc\n'],
    impact: 'widens access',
    subject: '/etc/ssh/sshd_config.d/00-honeydue.conf',
    says: 'Ciphers',
  },
  {
    name: 'sshd that asks sooner whether somebody is still there',
    host: ['ClientAliveInterval 60', 'ClientAliveInterval 30'],
    impact: 'config only',
    subject: '/etc/ssh/sshd_config.d/00-honeydue.conf',
  },
  {
    name: 'routed packets that pass',
    host: ['DEFAULT_FORWARD_POLICY="DROP"', 'DEFAULT_FORWARD_POLICY="ACCEPT"'],
    impact: 'widens access',
    subject: '/etc/default/ufw',
    says: 'DEFAULT_FORWARD_POLICY="DROP"',
  },
  {
    name: 'strangers who address Services',
    host: ['-A honeydue -d 10.43.0.0/16 -j DROP\n', ''],
    impact: 'widens access',
    subject: 'top of /etc/ufw/before.rules',
  },
  {
    name: 'pods that reach ssh of other nodes',
    host: [
      "ufw route deny in on cni0 from 10.42.0.0/16 to 10.0.0.0/24 port 22,2379:2380 proto tcp comment 'honeydue: pods to nodes'\n",
      '',
    ],
    impact: 'widens access',
    subject: 'firewall rules',
    says: 'no longer refuses port 22, 2379-2380/tcp',
  },
  {
    name: 'a rule for one address of a network that has one already',
    host: [
      "comment 'honeydue: ssh'\nufw allow from ::/0",
      "comment 'honeydue: ssh'\nufw allow from 203.0.113.7 to any port 22 proto tcp comment 'honeydue: ssh'\nufw allow from ::/0",
    ],
    impact: 'config only',
    subject: 'firewall rules',
  },
  {
    name: 'a rule that lets pods to other nodes, before the one that refuses it',
    host: [
      '# pods would pass as their node',
      "ufw route allow in on cni0 from 10.42.0.0/16 to 10.0.0.3 port 22 proto tcp comment 'honeydue: x'\n# pods would pass as their node",
    ],
    impact: 'widens access',
    subject: 'firewall rules',
    says: 'opens port 22/tcp of 10.0.0.3',
  },
  {
    name: 'a reworded reason',
    host: ['# the servers replicate their data', '# etcd'],
    impact: 'no effect',
    subject: 'firewall rules',
  },
  {
    name: 'a configuration of k3s that its group may read',
    host: ['/etc/rancher/k3s/config.yaml  0600', '/etc/rancher/k3s/config.yaml  0640'],
    impact: 'widens access',
    subject: '/etc/rancher/k3s/config.yaml',
    says: 'more users of the host may use the file',
  },
  {
    name: 'secrets in the clear',
    host: ['secrets-encryption: true', 'secrets-encryption: false'],
    impact: 'refused by the API',
    subject: '/etc/rancher/k3s/config.yaml',
  },
  {
    name: "k3s' own load balancer",
    host: ['  - servicelb\n', ''],
    impact: 'widens access',
    subject: '/etc/rancher/k3s/config.yaml',
    says: 'servicelb',
  },
  {
    name: 'more snapshots',
    host: ['etcd-snapshot-retention: 28', 'etcd-snapshot-retention: 56'],
    impact: 'interrupts',
    subject: '/etc/rancher/k3s/config.yaml',
    says: 'k3s restarts, one server after the other',
  },
  {
    name: 'a namespace that Pod Security leaves alone',
    host: ['          - kube-system\n', '          - kube-system\n          - lab\n'],
    impact: 'widens access',
    subject: '/var/lib/rancher/k3s/server/psa.yaml',
  },
  {
    name: 'the kubelet',
    host: ['podPidsLimit: 1024', 'podPidsLimit: 2048'],
    impact: 'interrupts',
    subject: '/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/20-honeydue.conf',
  },
  {
    name: 'the unit of k3s',
    host: ['RestartSec=5s', 'RestartSec=9s'],
    impact: 'interrupts',
    subject: '/etc/systemd/system/k3s.service',
  },
  {
    name: 'low ports for everybody',
    host: ['ip_unprivileged_port_start = 80', 'ip_unprivileged_port_start = 0'],
    impact: 'widens access',
    subject: '/etc/sysctl.d/90-honeydue.conf',
  },
  {
    name: 'reboots at night',
    host: ['Automatic-Reboot "false"', 'Automatic-Reboot "true"'],
    impact: 'interrupts',
    subject: '/etc/apt/apt.conf.d/52honeydue-unattended-upgrades',
  },
  {
    name: 'a larger journal',
    host: ['SystemMaxUse=1G', 'SystemMaxUse=2G'],
    impact: 'config only',
    subject: '/etc/systemd/journald.conf.d/honeydue.conf',
  },
  {
    name: 'something about a host that nobody here knows',
    host: ['=== folders', '=== /etc/motd  0644 root:root: a greeting\nhello\n\n=== folders'],
    impact: 'interrupts',
    subject: '/etc/motd',
    says: 'judge it yourself',
  },
];
