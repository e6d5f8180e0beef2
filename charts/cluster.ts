import type { Construct } from 'constructs';
import { namespaces, priorityClasses, storageClass } from '../config/names.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { ManifestFile } from './chart.ts';
import { labels } from './metadata.ts';
import { namespaceQuota } from './quota.ts';

/** 00-cluster: what must exist before any workload. kubectl applies files in order of their names. */
export class ClusterChart extends ManifestFile {
  constructor(scope: Construct, cluster: Cluster) {
    super(scope, '00-cluster');

    // Pod Security of the cluster's own version is enforced; what a newer one would refuse is warned about (P-1).
    this.namespaceWith(namespaces.app, {
      enforce: 'restricted',
      'enforce-version': cluster.k3s.version.split('.').slice(0, 2).join('.'),
      audit: 'restricted',
      'audit-version': 'latest',
      warn: 'restricted',
      'warn-version': 'latest',
    });
    // Traefik is on the host network, which every profile but `privileged` refuses.
    this.namespaceWith(namespaces.edge, {
      enforce: 'privileged',
      audit: 'restricted',
      'audit-version': 'latest',
      warn: 'restricted',
      'warn-version': 'latest',
    });

    // Under pressure the edge and Redis stay. They wait for room rather than push others out: no cascades (P-10).
    this.priorityClass(
      priorityClasses.edge,
      1_000_000,
      'Traefik and Redis: what the others cannot do without',
    );
    this.priorityClass(priorityClasses.app, 100_000, 'honeyDue workloads');

    new k8s.KubeStorageClass(this, 'storage-class', {
      metadata: { name: storageClass, labels: labels(storageClass) },
      provisioner: 'rancher.io/local-path',
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'WaitForFirstConsumer',
    });

    for (const namespace of Object.values(namespaces)) {
      this.defaultDeny(namespace);
      namespaceQuota(this, cluster, namespace);
    }
  }

  private namespaceWith(name: string, podSecurity: Record<string, string>): void {
    const levels = Object.entries(podSecurity).map(([key, value]) => [
      `pod-security.kubernetes.io/${key}`,
      value,
    ]);
    new k8s.KubeNamespace(this, `namespace-${name}`, {
      metadata: { name, labels: { ...labels(name), ...Object.fromEntries(levels) } },
    });
  }

  private priorityClass(name: string, value: number, description: string): void {
    new k8s.KubePriorityClass(this, name, {
      metadata: { name, labels: labels(name) },
      value,
      description,
      preemptionPolicy: 'Never',
    });
  }

  /** Whatever no other policy allows is refused, both ways. */
  private defaultDeny(namespace: string): void {
    new k8s.KubeNetworkPolicy(this, `default-deny-${namespace}`, {
      metadata: { name: 'default-deny', namespace, labels: labels('default-deny') },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  }
}
