import type { LabHost } from '../lab.ts';

interface Node {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly nodeInfo: { readonly kubeletVersion: string };
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const HEALTH: Readonly<Record<string, string>> = { True: 'yes', False: 'no' };

/** What the cluster says of each of its nodes: name, ready, votes in etcd, version. */
export function nodeRows(items: readonly Node[]): string[][] {
  return items.map(({ metadata, status }) => {
    const condition = (type: string) => status.conditions?.find((each) => each.type === type)?.status ?? '';
    const said = ['Ready', 'EtcdIsVoter'].map((type) => HEALTH[condition(type)] ?? 'unknown');
    return [metadata.name, ...said, status.nodeInfo.kubeletVersion];
  });
}

/** Asks the hosts one after the other until one answers for the cluster; undefined when none does. */
export async function clusterNodes(hosts: readonly LabHost[]): Promise<string[][] | undefined> {
  for (const host of hosts.filter((each) => each.isOn())) {
    const { exitCode, stdout } = await host.exec('k3s kubectl get nodes -o json --request-timeout=5s', {
      timeoutMs: 10_000,
    });
    if (exitCode === 0) return nodeRows((JSON.parse(stdout) as { items: Node[] }).items);
  }
  return undefined;
}
