/** Where k3s' files are. The two token files hold secrets: what is written about them here is only their place. */
export const k3sPaths = {
  binary: '/usr/local/bin/k3s',
  unit: '/etc/systemd/system/k3s.service',
  config: '/etc/rancher/k3s/config.yaml',
  registries: '/etc/rancher/k3s/registries.yaml',
  token: '/etc/rancher/k3s/token',
  agentToken: '/etc/rancher/k3s/agent-token',
  /** k3s' own, for whoever is root on the server. */
  kubeconfig: '/etc/rancher/k3s/k3s.yaml',
  admission: '/var/lib/rancher/k3s/server/psa.yaml',
  auditPolicy: '/var/lib/rancher/k3s/server/audit.yaml',
  auditLog: '/var/lib/rancher/k3s/server/logs/audit.log',
  /** The kubelet reads every .conf here in the order of names, after k3s' own 00-k3s-defaults.conf. */
  kubelet: '/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/20-honeydue.conf',
  /** Hashes of the files with which the running k3s was started; gone after a reboot, and written anew. */
  startedWith: '/run/honeydue-k3s-started',
  /** The full token of the cluster, as k3s itself writes it. */
  serverToken: '/var/lib/rancher/k3s/server/token',
  /** Certificates of the server and of the kubelet. */
  serverTLS: '/var/lib/rancher/k3s/server/tls',
  agent: '/var/lib/rancher/k3s/agent',
  snapshots: '/var/lib/rancher/k3s/server/db/snapshots',
  /** etcd's data: where it is, there is a cluster. */
  etcd: '/var/lib/rancher/k3s/server/db/etcd',
} as const;
