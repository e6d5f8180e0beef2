import type { Construct } from 'constructs';
import { clusterIP } from '../config/addresses.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { envFromConfig, podMetadataWithConfig, pullSecret } from './app-container.ts';
import { ManifestFile } from './chart.ts';
import { metadataOf, selectorLabels } from './metadata.ts';
import { fromTraefik, networkPolicy, toDNS, toInternet } from './network-policy.ts';
import { everyImage, waive } from './waivers.ts';
import {
  hardenedContainer,
  hardenedPod,
  httpGet,
  moveFromDeadNodes,
  rollingUpdate,
  scratch,
  spreadOverNodes,
  tcpSocket,
} from './workload.ts';
import { disruptionBudget, serviceAccount } from './workload-objects.ts';

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
        revisionHistoryLimit: 5,
        strategy: rollingUpdate,
        minReadySeconds: 10,
        progressDeadlineSeconds: 300,
        selector: { matchLabels: selectorLabels('admin') },
        template: {
          metadata: podMetadataWithConfig(cluster, 'admin'),
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
                // `/` and not `/admin/`, which answered 404 and had pods killed.
                startupProbe: {
                  ...httpGet('/', ports.admin),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 24,
                },
                readinessProbe: {
                  ...httpGet('/', ports.admin),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 2,
                },
                livenessProbe: {
                  ...tcpSocket(ports.admin),
                  periodSeconds: 10,
                  timeoutSeconds: 3,
                  failureThreshold: 3,
                },
                lifecycle: { preStop: { sleep: { seconds: 10 } } },
                volumeMounts: [tmp.mount, cache.mount],
              },
            ],
            volumes: [tmp.volume, cache.volume],
          },
        },
      },
    });

    new k8s.KubeService(this, 'service', {
      metadata: metadataOf('admin'),
      spec: {
        type: 'ClusterIP',
        clusterIp: clusterIP(cluster, 'admin'),
        trafficDistribution: 'PreferSameNode',
        selector: selectorLabels('admin'),
        ports: [
          {
            name: 'http',
            protocol: 'TCP',
            port: ports.admin,
            targetPort: k8s.IntOrString.fromString('http'),
          },
        ],
      },
    });

    disruptionBudget(this, 'admin');

    networkPolicy(this, 'admin', {
      ingress: [fromTraefik(cluster, ports.admin)],
      // Its server side calls the API by its public name.
      egress: [toDNS, toInternet(443)],
    });
  }
}
