import { ServiceAccount } from 'cdk8s-plus-30';
import type { Construct } from 'constructs';
import type { Workload } from '../config/names.ts';
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
