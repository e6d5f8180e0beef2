import { secretVariables } from '../config/environment.ts';
import { appConfigMap, type Workload } from '../config/names.ts';
import type { Cluster } from '../config/schema.ts';
import type * as k8s from '../imports/k8s.ts';

/** What api, worker and admin share: configuration, secret values, traces and the pull secret. */

/** All of honeydue-config as variables. */
export const envFromConfig: k8s.EnvFromSource[] = [{ configMapRef: { name: appConfigMap } }];

/** One variable for each secret value that the workload reads. A pod waits for a required one, not for an optional one. */
export function secretEnv(cluster: Cluster, workload: Workload): k8s.EnvVar[] {
  return secretVariables(cluster, workload).map(({ name, secret, key, required }) => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key, ...(required ? {} : { optional: true }) } },
  }));
}

/** OpenTelemetry's own variables; where traces go is OBS_TRACES_URL (O-1). Metrics are scraped, logs are not sent. */
export function tracingEnv(serviceName: string, image: string): k8s.EnvVar[] {
  return [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'OTEL_SERVICE_NAME', value: serviceName },
    {
      name: 'OTEL_RESOURCE_ATTRIBUTES',
      value: [
        'deployment.environment.name=production',
        `service.version=${imageVersion(image)}`,
        'k8s.pod.name=$(POD_NAME)',
        'k8s.node.name=$(NODE_NAME)',
      ].join(','),
    },
    { name: 'OTEL_TRACES_SAMPLER', value: 'parentbased_traceidratio' },
    { name: 'OTEL_METRICS_EXPORTER', value: 'none' },
    { name: 'OTEL_LOGS_EXPORTER', value: 'none' },
  ];
}

/** The tag of an image reference, with or without a digest. */
function imageVersion(image: string): string {
  return image.replace(/@.*/, '').replace(/.*:/, '');
}

/** Images of our own registry need a login; provisioning makes this Secret. */
export const pullSecret: k8s.LocalObjectReference[] = [{ name: 'gitea-credentials' }];
