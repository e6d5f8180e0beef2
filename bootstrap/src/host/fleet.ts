import type { Cluster, Node } from '../../../config/schema.ts';
import type { HostFacts, HostQuery } from './facts.ts';
import { lookAt } from './facts.ts';
import type { Host } from './host.ts';

/** The hosts of the cluster, as cluster.yaml says now. */
export interface Fleet {
  cluster(): Cluster;
  /** @throws NotYet when the host has no address yet */
  host(node: Node): Host;
}

/** A node of cluster.yaml with what was seen on its host. */
export interface SeenHost {
  readonly node: Node;
  readonly facts: HostFacts;
}

/** Looks at all hosts at once. @throws the first error when one cannot be reached */
export async function lookAtAll(fleet: Fleet, query: Partial<HostQuery>): Promise<SeenHost[]> {
  const { nodes } = fleet.cluster();
  return Promise.all(nodes.map(async (node) => ({ node, facts: await lookAt(fleet.host(node), query) })));
}
