/** Where k3s' files are. The two token files hold secrets: what is written about them here is only their place. */
export const k3sPaths = {
  binary: '/usr/local/bin/k3s',
  unit: '/etc/systemd/system/k3s.service',
  config: '/etc/rancher/k3s/config.yaml',
  registries: '/etc/rancher/k3s/registries.yaml',
  token: '/etc/rancher/k3s/token',
  agentToken: '/etc/rancher/k3s/agent-token',
  admission: '/var/lib/rancher/k3s/server/psa.yaml',
  auditPolicy: '/var/lib/rancher/k3s/server/audit.yaml',
  auditLog: '/var/lib/rancher/k3s/server/logs/audit.log',
  /** The kubelet reads every .conf here in the order of names, after k3s' own 00-k3s-defaults.conf. */
  kubelet: '/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/20-honeydue.conf',
  /** Hashes of the files with which the running k3s was started; gone after a reboot, and written anew. */
  startedWith: '/run/honeydue-k3s-started',
  /** The full token of the cluster, as k3s itself writes it. */
  serverToken: '/var/lib/rancher/k3s/server/token',
  /** etcd's data: where it is, there is a cluster. */
  etcd: '/var/lib/rancher/k3s/server/db/etcd',
} as const;
