/** A node as the API server knows it. */
export interface Member {
  readonly name: string;
  readonly ready: boolean;
  /** It votes in etcd. `Ready` does not tell: a server is ready before it votes. */
  readonly voter: boolean;
  /** Of the k3s that runs there. */
  readonly version: string;
  readonly unschedulable: boolean;
}

/** The cluster as one API server tells. */
export interface ClusterView {
  readonly members: readonly Member[];
  /** Of CoreDNS; undefined while k3s has not deployed it yet. */
  readonly dnsReplicas: number | undefined;
}

interface Item {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly replicas?: number; readonly unschedulable?: boolean };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly nodeInfo?: { readonly kubeletVersion: string };
  };
}

/** Reads `kubectl get nodes,deployments --namespace=kube-system --output=json`. */
export function readClusterView(text: string): ClusterView {
  const { items } = JSON.parse(text) as { items: readonly Item[] };
  return {
    members: items.filter(({ kind }) => kind === 'Node').map(readMember),
    dnsReplicas: items.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'coredns')
      ?.spec.replicas,
  };
}

function readMember({ metadata, spec, status }: Item): Member {
  const holds = (type: string) =>
    status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
  return {
    name: metadata.name,
    ready: holds('Ready'),
    voter: holds('EtcdIsVoter'),
    version: status.nodeInfo?.kubeletVersion ?? '',
    unschedulable: spec.unschedulable ?? false,
  };
}

/** Why a server does not count as healthy; undefined when it does. */
export function weakness(view: ClusterView, name: string): string | undefined {
  const member = view.members.find((candidate) => candidate.name === name);
  if (!member) return `${name} is not among the nodes`;
  if (!member.ready) return `${name} is not Ready`;
  return member.voter ? undefined : `${name} does not vote in etcd`;
}
