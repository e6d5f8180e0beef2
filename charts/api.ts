import type { Construct } from 'constructs';
import { clusterIP } from '../config/addresses.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { apnsEnv, apnsMounts, apnsVolumes } from './apns-key.ts';
import { envFromConfig, podMetadataWithConfig, pullSecret, secretEnv, tracingEnv } from './app-container.ts';
import { ManifestFile } from './chart.ts';
import { metadataOf, selectorLabels } from './metadata.ts';
import { fromPods, fromTraefik, networkPolicy, toDNS, toInternet, toPods } from './network-policy.ts';
import { everyImage, secretsInEnvironment, waive } from './waivers.ts';
import {
  goMemoryLimit,
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

/** 40-api: the REST API and landing page, one replica on each node. */
export class ApiChart extends ManifestFile {
  constructor(scope: Construct, cluster: Cluster) {
    super(scope, '40-api');
    const { replicas, resources } = cluster.workloads.api;
    const image = cluster.images.api;
    const tmp = scratch('tmp', '/tmp', '128Mi');

    serviceAccount(this, 'api');

    new k8s.KubeDeployment(this, 'deployment', {
      metadata: { ...metadataOf('api'), annotations: waive(...everyImage, secretsInEnvironment) },
      spec: {
        replicas,
        revisionHistoryLimit: 5,
        strategy: rollingUpdate,
        // A pod that answers once and dies must not let the rollout go on.
        minReadySeconds: 10,
        // Longer than the slowest start that the startup probe allows.
        progressDeadlineSeconds: 300,
        selector: { matchLabels: selectorLabels('api') },
        template: {
          metadata: podMetadataWithConfig(cluster, 'api'),
          spec: {
            ...hardenedPod('api'),
            ...spreadOverNodes('api'),
            ...moveFromDeadNodes,
            imagePullSecrets: pullSecret,
            // 10 s preStop, up to 45 s for requests under way, 5 s spare (Z-3).
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                ...hardenedContainer(resources),
                name: 'api',
                image,
                ports: [{ name: 'http', containerPort: ports.api, protocol: 'TCP' }],
                envFrom: envFromConfig,
                env: [
                  goMemoryLimit(resources),
                  ...secretEnv(cluster, 'api'),
                  ...apnsEnv(cluster),
                  ...tracingEnv('honeydue-api', image),
                ],
                // On a first boot three replicas migrate one after the other behind a lock: 48 x 5 s = 240 s.
                // With 12 tries pods were killed in the middle of it.
                startupProbe: {
                  ...httpGet('/api/health/', ports.api),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 48,
                },
                readinessProbe: {
                  ...httpGet('/api/health/', ports.api),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 2,
                },
                // Asks only whether the process accepts connections: a database that is down must not restart it (Z-4).
                livenessProbe: {
                  ...tcpSocket(ports.api),
                  periodSeconds: 10,
                  timeoutSeconds: 3,
                  failureThreshold: 3,
                },
                // Traefik and kube-proxy go on sending for a moment after a pod is told to stop (Z-2).
                lifecycle: { preStop: { sleep: { seconds: 10 } } },
                volumeMounts: [tmp.mount, ...apnsMounts(cluster)],
              },
            ],
            volumes: [tmp.volume, ...apnsVolumes(cluster)],
          },
        },
      },
    });

    new k8s.KubeService(this, 'service', {
      metadata: metadataOf('api'),
      spec: {
        type: 'ClusterIP',
        clusterIp: clusterIP(cluster, 'api'),
        // A node's traffic stays on the node while its pod is ready, and goes to the others when not (T-11).
        trafficDistribution: 'PreferSameNode',
        selector: selectorLabels('api'),
        ports: [
          { name: 'http', protocol: 'TCP', port: ports.api, targetPort: k8s.IntOrString.fromString('http') },
        ],
      },
    });

    // Its DNS name lists the address of every ready pod: how vmagent finds them without asking the API server (V-3).
    new k8s.KubeService(this, 'pods', {
      metadata: metadataOf('api', 'api-pods'),
      spec: {
        type: 'ClusterIP',
        clusterIp: 'None',
        selector: selectorLabels('api'),
        ports: [
          { name: 'http', protocol: 'TCP', port: ports.api, targetPort: k8s.IntOrString.fromString('http') },
        ],
      },
    });

    disruptionBudget(this, 'api');

    networkPolicy(this, 'api', {
      ingress: [fromTraefik(cluster, ports.api), fromPods(['vmagent'], ports.api)],
      egress: [
        toDNS,
        toPods('redis', ports.redis),
        // HTTPS to B2, Apple, Google and obs; the database; mail.
        toInternet(443, cluster.database.port, cluster.mail.port),
      ],
    });
  }
}
