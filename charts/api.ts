import type { Construct } from 'constructs';
import { appConfig } from '../config/environment.ts';
import { healthPaths } from '../config/health-paths.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { apnsEnv, apnsMounts, apnsVolumes } from './apns-key.ts';
import { envFromConfig, pullSecret, secretEnv, tracingEnv } from './app-container.ts';
import { ManifestFile } from './chart.ts';
import { metadataOf, podMetadata, selectorLabels } from './metadata.ts';
import { fromPods, fromTraefik, networkPolicy, toDNS, toInternet, toPods } from './network-policy.ts';
import { scratch } from './volumes.ts';
import { everyImage, secretsInEnvironment, waive } from './waivers.ts';
import {
  acceptsConnections,
  goMemoryLimit,
  hardenedContainer,
  hardenedPod,
  httpGet,
  moveFromDeadNodes,
  rollingUpdate,
  rollout,
  spreadOverNodes,
} from './workload.ts';
import {
  disruptionBudget,
  edgeService,
  podsService,
  serviceAccount,
  servicePort,
} from './workload-objects.ts';

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
        ...rollout,
        strategy: rollingUpdate,
        selector: { matchLabels: selectorLabels('api') },
        template: {
          metadata: podMetadata('api', appConfig(cluster)),
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
                  ...httpGet(healthPaths.api, ports.api),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 48,
                },
                readinessProbe: {
                  ...httpGet(healthPaths.api, ports.api),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 2,
                },
                livenessProbe: acceptsConnections(ports.api),
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

    edgeService(this, cluster, 'api');
    // How vmagent finds the pods without asking the API server (V-3).
    podsService(this, 'api', servicePort('http', ports.api));

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
