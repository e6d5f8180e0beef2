import { ServiceAccount } from 'cdk8s-plus-30';
import type { Construct } from 'constructs';
import { clusterIP } from '../config/addresses.ts';
import type { Workload } from '../config/names.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { metadataOf, selectorLabels } from './metadata.ts';

/** An identity of the workload's own, without a token: nothing here talks to the API server (P-5). */
export function serviceAccount(scope: Construct, workload: Workload): void {
  new ServiceAccount(scope, 'service-account', { metadata: metadataOf(workload), automountToken: false });
}

/**
 * At most one pod is taken away on purpose at a time, so a drain goes on node by node. A pod that is broken
 * anyway never holds up a drain (Z-5).
 */
export function disruptionBudget(scope: Construct, workload: Workload): void {
  new k8s.KubePodDisruptionBudget(scope, 'disruption-budget', {
    metadata: metadataOf(workload),
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorLabels(workload) },
    },
  });
}

/** The Service behind Traefik, at the fixed address that Traefik's routes name. */
export function edgeService(scope: Construct, cluster: Cluster, workload: 'api' | 'admin'): void {
  new k8s.KubeService(scope, 'service', {
    metadata: metadataOf(workload),
    spec: {
      type: 'ClusterIP',
      clusterIp: clusterIP(cluster, workload),
      // A node's traffic stays on the node while its pod is ready, and goes to the others when not (T-11).
      trafficDistribution: 'PreferSameNode',
      selector: selectorLabels(workload),
      ports: [servicePort('http', ports[workload])],
    },
  });
}

/** A headless Service, `NAME-pods`: its DNS name lists the address of every ready pod. */
export function podsService(scope: Construct, workload: Workload, port: k8s.ServicePort): void {
  new k8s.KubeService(scope, 'pods', {
    metadata: metadataOf(workload, `${workload}-pods`),
    spec: { type: 'ClusterIP', clusterIp: 'None', selector: selectorLabels(workload), ports: [port] },
  });
}

/** A port of a Service, to the container's port of the same name. */
export function servicePort(name: string, port: number): k8s.ServicePort {
  return { name, protocol: 'TCP', port, targetPort: k8s.IntOrString.fromString(name) };
}
