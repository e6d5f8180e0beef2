import { contentHash } from '../config/environment.ts';
import { annotationDomain, namespaces, type Workload } from '../config/names.ts';
import type { ObjectMeta } from '../imports/k8s.ts';

/** What selects a workload's pods. It can never change: selectors are immutable. */
export function selectorLabels(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name };
}

/** The recommended labels of Kubernetes; `instance` equals the object's own name. */
export function labels(name: string): Record<string, string> {
  return {
    ...selectorLabels(name),
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/part-of': 'honeydue',
    'app.kubernetes.io/managed-by': 'cdk8s',
  };
}

/** Where a workload's objects live. */
export function namespaceOf(workload: Workload): string {
  return workload === 'traefik' ? namespaces.edge : namespaces.app;
}

/** Metadata of an object that belongs to a workload; `name` is the workload's unless given. */
export function metadataOf(workload: Workload, name: string = workload): ObjectMeta {
  return { name, namespace: namespaceOf(workload), labels: labels(workload) };
}

/** Metadata of pods that read this configuration: when its content changes, they are replaced. */
export function podMetadata(workload: Workload, configuration: Record<string, string>): ObjectMeta {
  return {
    labels: labels(workload),
    annotations: { [`${annotationDomain}/config-hash`]: contentHash(configuration) },
  };
}
