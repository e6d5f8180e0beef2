import { nodeAddress } from '../../../config/addresses.ts';
import { hostFolders } from '../../../config/hosts/host-folder.ts';
import { k3sPaths } from '../../../config/hosts/k3s-paths.ts';
import { k3sStartFiles } from '../../../config/hosts/k3s-unit.ts';
import type { Node } from '../../../config/schema.ts';
import type { HostFacts, HostQuery } from '../host/facts.ts';
import type { SeenHost } from '../host/fleet.ts';
import { type ClusterView, readClusterView } from './cluster-view.ts';

export const K3S_UNIT = 'k3s.service';

/** What has to be known of a host to plan its k3s. */
export const k3sQuery: Partial<HostQuery> = {
  files: [...k3sStartFiles, k3sPaths.startedWith],
  hashes: [
    k3sPaths.token,
    k3sPaths.agentToken,
    k3sPaths.serverToken,
    k3sPaths.etcd,
    ...hostFolders.map(({ path }) => path),
  ],
  units: [K3S_UNIT],
  commands: {
    version: [k3sPaths.binary, '--version'],
    cluster: [
      ...[k3sPaths.binary, 'kubectl', 'get', 'nodes,deployments.apps', '--namespace=kube-system'],
      ...['--output=json', '--request-timeout=5s'],
    ],
  },
};

/** k3s on one host, as it is. */
export interface Server {
  readonly node: Node;
  readonly facts: HostFacts;
  /** etcd has data here: this host is, was, or begins to be a server of a cluster. */
  readonly hasData: boolean;
  /** systemd's word; `activating` also while k3s fails and is started again. */
  readonly unit: string;
  /** Of the binary on the disk, such as v1.34.6+k3s1; undefined when there is none that runs. */
  readonly version: string | undefined;
  /** The cluster as the API server of this host tells; undefined when it does not answer. */
  readonly view: ClusterView | undefined;
  /** The network interface that carries the node's address; undefined when none does. */
  readonly networkInterface: string | undefined;
}

export function readServer({ node, facts }: SeenHost): Server {
  const { version, cluster } = facts.commands;
  return {
    node,
    facts,
    hasData: facts.hashes[k3sPaths.etcd] != null,
    unit: facts.units[K3S_UNIT]?.active ?? 'inactive',
    version: /^k3s version (\S+)/m.exec(version?.stdout ?? '')?.[1],
    view: cluster?.exitCode === 0 ? readClusterView(cluster.stdout) : undefined,
    networkInterface: facts.interfaces.find(({ addresses }) => addresses.includes(nodeAddress(node)))?.name,
  };
}

/** True when the running k3s was started with other files than the host has now, or nobody knows with which. */
export function isStale({ facts }: Server): boolean {
  const started = facts.files[k3sPaths.startedWith]?.content;
  if (!started) return true;
  const hashes = new Map(started.split('\n').map((line) => line.split(/\s+/).reverse() as [string, string]));
  return k3sStartFiles.some((path) => hashes.get(path) !== (facts.files[path]?.sha256 ?? undefined));
}
