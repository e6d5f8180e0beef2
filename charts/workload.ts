import { priorityClasses, type Workload } from '../config/names.ts';
import { bytes, cpuQuantity, memoryQuantity, millicores } from '../config/quantity.ts';
import type { Resources } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { selectorLabels } from './metadata.ts';

/**
 * What every workload shares: the hardened pod and container, and how pods spread over nodes. Each function
 * returns a piece of a pod spec under Kubernetes' own field names, to be spread into the chart's description.
 */

/** User and group of our pods: above every user of a host (control P-3). */
export const APP_UID = 10001;

/** The pod-level part of the restricted Pod Security profile, and no credentials (P-2, P-3, P-5, P-6). */
export function hardenedPod(workload: Workload, uid: number = APP_UID) {
  return {
    serviceAccountName: workload,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: priorityClasses.app as string,
    // Names with two dots or more are looked up as they are: five useless queries less for each outside name (F15).
    dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: uid,
      fsGroup: uid,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  } satisfies Partial<k8s.PodSpec>;
}

/** The container-level part (P-2, P-4, P-7, P-8). */
export function hardenedContainer(resources: Resources) {
  return {
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    resources: { requests: quantities(resources.requests), limits: quantities(resources.limits) },
  } satisfies Partial<k8s.Container>;
}

function quantities(sizes: Resources['requests']): Record<string, k8s.Quantity> {
  return {
    cpu: k8s.Quantity.fromString(cpuQuantity(millicores(sizes.cpu))),
    memory: k8s.Quantity.fromString(memoryQuantity(bytes(sizes.memory))),
    'ephemeral-storage': k8s.Quantity.fromString(memoryQuantity(bytes(sizes['ephemeral-storage']))),
  };
}

/** Lets Go collect garbage before the kernel kills: nine tenths of the memory limit (P-7). */
export function goMemoryLimit({ limits }: Resources): k8s.EnvVar {
  return { name: 'GOMEMLIMIT', value: `${Math.floor((0.9 * bytes(limits.memory)) / 2 ** 20)}MiB` };
}

/**
 * Replicas on different nodes where possible (Z-6). Both forms are preferences: with as many replicas as nodes
 * a hard rule would leave a rollout's extra pod nowhere to go.
 */
export function spreadOverNodes(workload: Workload) {
  const labelSelector = { matchLabels: selectorLabels(workload) };
  const topologyKey = 'kubernetes.io/hostname';
  return {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector,
        // Counts only pods of the same version, so that a rollout ends as evenly as it began.
        matchLabelKeys: ['pod-template-hash'],
      },
    ],
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey, labelSelector } },
        ],
      },
    },
  } satisfies Partial<k8s.PodSpec>;
}

const DEAD_NODE_TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** For pods without a disk: 30 s after a node is called dead they start elsewhere; Kubernetes' own is 300 s (Z-7). */
export const moveFromDeadNodes: Pick<k8s.PodSpec, 'tolerations'> = {
  tolerations: DEAD_NODE_TAINTS.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 30,
  })),
};

/** For a pod whose volume cannot follow it: it stays, and goes on when its node does. */
export const stayOnDeadNode: Pick<k8s.PodSpec, 'tolerations'> = {
  tolerations: DEAD_NODE_TAINTS.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute' })),
};

/** New pods serve before old ones leave (Z-1). */
export const rollingUpdate: k8s.DeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
};

/**
 * How a rollout is judged: a pod that answers once and dies does not let it go on, and it fails only after the slowest
 * start that a startup probe allows (Z-1).
 */
export const rollout = {
  revisionHistoryLimit: 5,
  minReadySeconds: 10,
  progressDeadlineSeconds: 300,
} satisfies Partial<k8s.DeploymentSpec>;

/** The old pod is gone before the new one starts. */
export const recreate: k8s.DeploymentStrategy = { type: 'Recreate' };

export const httpGet = (path: string, port: number): Pick<k8s.Probe, 'httpGet'> => ({
  httpGet: { path, port: k8s.IntOrString.fromNumber(port) },
});

export const tcpSocket = (port: number): Pick<k8s.Probe, 'tcpSocket'> => ({
  tcpSocket: { port: k8s.IntOrString.fromNumber(port) },
});

/**
 * Liveness asks only whether the process accepts connections: a database that is down must not restart it (Z-4).
 */
export const acceptsConnections = (port: number): k8s.Probe => ({
  ...tcpSocket(port),
  periodSeconds: 10,
  timeoutSeconds: 3,
  failureThreshold: 3,
});
