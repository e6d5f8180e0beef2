import type { Cluster, Node } from '../../../../config/schema.ts';
import type { HostFacts } from '../../host/facts.ts';
import type { KubeObject } from '../object.ts';
import type { SiteAnswer } from './site-probes.ts';

/** Everything that was looked at, for checks to judge. */
export interface SeenSite {
  readonly cluster: Cluster;
  /** Milliseconds since the epoch, by the workstation's clock. */
  readonly now: number;
  readonly hosts: readonly HostLook[];
  /** Nodes, pods and workloads of all namespaces; or why no server tells. */
  readonly objects: readonly KubeObject[] | string;
  /** Keys of Secrets, by `namespace/name`. */
  readonly secretKeys: ReadonlyMap<string, readonly string[]>;
  /** Workloads of dist/. */
  readonly workloads: readonly KubeObject[];
  /** Ports of the hosts' public addresses as the workstation sees them. */
  readonly reach: readonly Reach[];
  /** Asked from the workstation; empty where the edge port is shut to it. */
  readonly answers: readonly SiteAnswer[];
  /** When the client certificate of the operator's kubeconfig ends; undefined when there is none. */
  readonly kubeconfigEnd: number | undefined;
  /** What the steps `apply` and `secrets` would change; undefined where that was not looked at, or cannot be. */
  readonly distDrift: readonly string[] | undefined;
  readonly secretsDrift: readonly string[] | undefined;
  /** Public key of the operator. */
  readonly operatorKey: string;
}

/** A host as it was seen, or why it was not. */
export type HostLook =
  | { readonly node: Node; readonly facts: HostFacts; readonly before: number; readonly after: number }
  | { readonly node: Node; readonly error: string };

export type SeenLook = Extract<HostLook, { readonly facts: unknown }>;

export const isSeen = (look: HostLook): look is SeenLook => 'facts' in look;

/** Whether a TCP connection came about; `closed` when it was refused, or nothing came back. */
export interface Reach {
  readonly node: Node;
  readonly address: string;
  readonly port: number;
  readonly isOpen: boolean;
}
