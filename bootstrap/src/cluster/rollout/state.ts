import type { KubeObject } from '../object.ts';

/** How far a workload's pods are what its description says. */
export interface RolloutState {
  readonly state: 'complete' | 'under way' | 'failed';
  /** `2 of 3 pods are new, 1 is ready`. */
  readonly text: string;
}

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly readyReplicas?: number;
  readonly desiredNumberScheduled?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

/**
 * Reads a workload's status as `kubectl rollout status` does.
 * @param nodesDown nodes that are not Ready: a DaemonSet's pods on them are not waited for
 */
export function rolloutState(workload: KubeObject, nodesDown = 0): RolloutState {
  const status = (workload.status ?? {}) as Status;
  const generation = workload.metadata.generation ?? 0;
  if ((status.observedGeneration ?? 0) < generation) return { state: 'under way', text: 'not looked at yet' };
  if (workload.kind === 'DaemonSet') return daemonSetState(status, nodesDown);
  return replicatedState(workload, status);
}

function daemonSetState(status: Status, nodesDown: number): RolloutState {
  const { desiredNumberScheduled: desired = 0, updatedNumberScheduled: updated = 0 } = status;
  const { numberAvailable: available = 0 } = status;
  const wanted = desired - nodesDown;
  const text = counted(desired, updated, available);
  return { state: updated >= wanted && available >= wanted ? 'complete' : 'under way', text };
}

function replicatedState({ kind, spec }: KubeObject, status: Status): RolloutState {
  const { replicas: wanted = 1 } = spec as { readonly replicas?: number };
  const { replicas = 0, updatedReplicas: updated = 0 } = status;
  const available = (kind === 'StatefulSet' ? status.readyReplicas : status.availableReplicas) ?? 0;
  const leaving = Math.max(0, replicas - wanted);
  const text = `${counted(wanted, updated, available)}${leaving > 0 ? `, ${leaving} old not gone yet` : ''}`;
  if (updated >= wanted && available >= wanted && replicas <= wanted) return { state: 'complete', text };
  const reason = failure(status.conditions ?? []);
  return reason === undefined
    ? { state: 'under way', text }
    : { state: 'failed', text: `${text}; ${reason}` };
}

function counted(wanted: number, updated: number, available: number): string {
  return `${updated} of ${wanted} pods new, ${available} ready`;
}

function failure(conditions: readonly Condition[]): string | undefined {
  return conditions.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  )?.message;
}

/** Names of the nodes that are not Ready. */
export function nodesDown(nodes: readonly KubeObject[]): string[] {
  return nodes.filter((node) => !isTrue(node, 'Ready')).map(({ metadata }) => metadata.name);
}

/** Whether an object has a condition, and it is True. */
export function isTrue({ status }: KubeObject, condition: string): boolean {
  const { conditions = [] } = (status ?? {}) as Status;
  return conditions.some(({ type, status: value }) => type === condition && value === 'True');
}
