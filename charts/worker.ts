import type { Construct } from 'constructs';
import { appConfig } from '../config/environment.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { apnsEnv, apnsMounts, apnsVolumes } from './apns-key.ts';
import { envFromConfig, pullSecret, secretEnv, tracingEnv } from './app-container.ts';
import { ManifestFile } from './chart.ts';
import { metadataOf, podMetadata, selectorLabels } from './metadata.ts';
import { networkPolicy, toDNS, toInternet, toPods } from './network-policy.ts';
import { scratch } from './volumes.ts';
import { deniedOneWay, everyImage, onlyOnePod, secretsInEnvironment, waive } from './waivers.ts';
import {
  acceptsConnections,
  goMemoryLimit,
  hardenedContainer,
  hardenedPod,
  httpGet,
  moveFromDeadNodes,
  recreate,
  rollout,
  spreadOverNodes,
} from './workload.ts';
import { disruptionBudget, serviceAccount } from './workload-objects.ts';

/** 41-worker: runs the jobs, and schedules the periodic ones. Exactly one, never two at once. */
export class WorkerChart extends ManifestFile {
  constructor(scope: Construct, cluster: Cluster) {
    super(scope, '41-worker');
    const { replicas, resources } = cluster.workloads.worker;
    const image = cluster.images.worker;
    const tmp = scratch('tmp', '/tmp', '128Mi');

    serviceAccount(this, 'worker');

    new k8s.KubeDeployment(this, 'deployment', {
      metadata: {
        ...metadataOf('worker'),
        annotations: waive(...everyImage, secretsInEnvironment, onlyOnePod, deniedOneWay),
      },
      spec: {
        replicas,
        ...rollout,
        // Two schedulers would run every periodic job twice.
        strategy: recreate,
        selector: { matchLabels: selectorLabels('worker') },
        template: {
          metadata: podMetadata('worker', appConfig(cluster)),
          spec: {
            ...hardenedPod('worker'),
            ...spreadOverNodes('worker'),
            ...moveFromDeadNodes,
            imagePullSecrets: pullSecret,
            // A job under way has this long to end before it goes back to the queue.
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                ...hardenedContainer(resources),
                name: 'worker',
                image,
                ports: [{ name: 'health', containerPort: ports.workerHealth, protocol: 'TCP' }],
                envFrom: envFromConfig,
                env: [
                  goMemoryLimit(resources),
                  ...secretEnv(cluster, 'worker'),
                  ...apnsEnv(cluster),
                  ...tracingEnv('honeydue-worker', image),
                ],
                startupProbe: {
                  ...httpGet('/health', ports.workerHealth),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 24,
                },
                readinessProbe: {
                  ...httpGet('/health', ports.workerHealth),
                  periodSeconds: 10,
                  timeoutSeconds: 3,
                  failureThreshold: 3,
                },
                livenessProbe: acceptsConnections(ports.workerHealth),
                volumeMounts: [tmp.mount, ...apnsMounts(cluster)],
              },
            ],
            volumes: [tmp.volume, ...apnsVolumes(cluster)],
          },
        },
      },
    });

    disruptionBudget(this, 'worker');

    networkPolicy(this, 'worker', {
      // Nothing calls it; probes come from its own node, which no policy stops.
      ingress: [],
      egress: [
        toDNS,
        toPods('redis', ports.redis),
        toInternet(443, cluster.database.port, cluster.mail.port),
      ],
    });
  }
}
