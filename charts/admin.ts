import type { Construct } from 'constructs';
import { appConfig } from '../config/environment.ts';
import { healthPaths } from '../config/health-paths.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { envFromConfig, pullSecret } from './app-container.ts';
import { ManifestFile } from './chart.ts';
import { metadataOf, podMetadata, selectorLabels } from './metadata.ts';
import { fromTraefik, networkPolicy, toDNS, toInternet } from './network-policy.ts';
import { scratch } from './volumes.ts';
import { everyImage, waive } from './waivers.ts';
import {
  acceptsConnections,
  hardenedContainer,
  hardenedPod,
  httpGet,
  moveFromDeadNodes,
  rollingUpdate,
  rollout,
  spreadOverNodes,
} from './workload.ts';
import { disruptionBudget, edgeService, serviceAccount } from './workload-objects.ts';

/** 42-admin: the Next.js panel. It needs no secret; the public URL of the API is baked into its image. */
export class AdminChart extends ManifestFile {
  constructor(scope: Construct, cluster: Cluster) {
    super(scope, '42-admin');
    const { replicas, resources } = cluster.workloads.admin;
    const tmp = scratch('tmp', '/tmp', '128Mi');
    const cache = scratch('next-cache', '/app/.next/cache', '256Mi');

    serviceAccount(this, 'admin');

    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { ...metadataOf('admin'), annotations: waive(...everyImage) },
      spec: {
        replicas,
        ...rollout,
        strategy: rollingUpdate,
        selector: { matchLabels: selectorLabels('admin') },
        template: {
          metadata: podMetadata('admin', appConfig(cluster)),
          spec: {
            ...hardenedPod('admin'),
            ...spreadOverNodes('admin'),
            ...moveFromDeadNodes,
            imagePullSecrets: pullSecret,
            // 10 s preStop, up to 45 s for requests under way, 5 s spare (Z-3).
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                ...hardenedContainer(resources),
                name: 'admin',
                image: cluster.images.admin,
                ports: [{ name: 'http', containerPort: ports.admin, protocol: 'TCP' }],
                envFrom: envFromConfig,
                env: [
                  // Kubernetes sets HOSTNAME to the pod's name, and Next.js would listen on that address alone.
                  { name: 'HOSTNAME', value: '0.0.0.0' },
                  { name: 'PORT', value: String(ports.admin) },
                ],
                startupProbe: {
                  ...httpGet(healthPaths.admin, ports.admin),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 24,
                },
                readinessProbe: {
                  ...httpGet(healthPaths.admin, ports.admin),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 2,
                },
                livenessProbe: acceptsConnections(ports.admin),
                lifecycle: { preStop: { sleep: { seconds: 10 } } },
                volumeMounts: [tmp.mount, cache.mount],
              },
            ],
            volumes: [tmp.volume, cache.volume],
          },
        },
      },
    });

    edgeService(this, cluster, 'admin');

    disruptionBudget(this, 'admin');

    networkPolicy(this, 'admin', {
      ingress: [fromTraefik(cluster, ports.admin)],
      // Its server side calls the API by its public name.
      egress: [toDNS, toInternet(443)],
    });
  }
}
