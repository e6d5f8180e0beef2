/** Ports of the hosts' own services. Those of our workloads are in config/ports.ts. */
export const systemPorts = {
  ssh: 22,
  kubernetesAPI: 6443,
  etcd: { first: 2379, last: 2380 },
  kubelet: 10250,
  /** Flannel between nodes, UDP: unencrypted inside a private network, WireGuard otherwise. */
  vxlan: 8472,
  wireguard: 51820,
  /** Where kube-proxy would open Services of type NodePort. There are none, and nobody could reach one. */
  nodePorts: { first: 30000, last: 32767 },
} as const;
