import { ConfigMap } from 'cdk8s-plus-30';
import type { Construct } from 'constructs';
import { priorityClasses, storageClass } from '../config/names.ts';
import { ports } from '../config/ports.ts';
import { bytes, memoryQuantity } from '../config/quantity.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { ManifestFile } from './chart.ts';
import { labels, metadataOf, podMetadata, selectorLabels } from './metadata.ts';
import { fromPods, networkPolicy } from './network-policy.ts';
import { redisFiles } from './redis-files.ts';
import { configVolume, optionalSecretVolume, scratch } from './volumes.ts';
import { deniedOneWay, everyImage, nothingToSpread, waive } from './waivers.ts';
import { hardenedContainer, hardenedPod, stayOnDeadNode, tcpSocket } from './workload.ts';
import { podsService, serviceAccount, servicePort } from './workload-objects.ts';

const READY: Pick<k8s.Probe, 'exec'> = { exec: { command: ['sh', '/etc/redis/ready.sh'] } };

/** 30-redis: cache and job queue in one. Its volume is on one node, and so is it. */
export class RedisChart extends ManifestFile {
  constructor(scope: Construct, cluster: Cluster) {
    super(scope, '30-redis');
    const { node, volume, resources } = cluster.workloads.redis;
    const files = redisFiles(cluster);
    const run = scratch('run', '/run/redis', '1Mi');

    serviceAccount(this, 'redis');

    new ConfigMap(this, 'config', { metadata: metadataOf('redis', 'redis-config'), data: files });

    new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { ...metadataOf('redis'), annotations: waive(...everyImage, nothingToSpread, deniedOneWay) },
      spec: {
        replicas: 1,
        serviceName: 'redis-pods',
        revisionHistoryLimit: 5,
        updateStrategy: { type: 'RollingUpdate' },
        // The claim, and with it the data, outlives the StatefulSet.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        selector: { matchLabels: selectorLabels('redis') },
        template: {
          metadata: podMetadata('redis', files),
          spec: {
            ...hardenedPod('redis'),
            priorityClassName: priorityClasses.edge,
            nodeSelector: { 'kubernetes.io/hostname': node },
            ...stayOnDeadNode,
            // SIGTERM makes Redis write everything to disk; a preStop would only delay it.
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                ...hardenedContainer(resources),
                name: 'redis',
                image: cluster.images.redis,
                command: ['sh', '/etc/redis/start.sh'],
                ports: [{ name: 'redis', containerPort: ports.redis, protocol: 'TCP' }],
                // A long append-only file takes its time to load: 60 x 5 s. Until then Redis answers LOADING.
                startupProbe: { ...READY, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 },
                readinessProbe: { ...READY, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
                livenessProbe: {
                  ...tcpSocket(ports.redis),
                  periodSeconds: 15,
                  timeoutSeconds: 5,
                  failureThreshold: 6,
                },
                volumeMounts: [
                  { name: 'data', mountPath: '/data' },
                  { name: 'config', mountPath: '/etc/redis', readOnly: true },
                  { name: 'password', mountPath: '/etc/redis-password', readOnly: true },
                  run.mount,
                ],
              },
            ],
            volumes: [
              configVolume('redis-config'),
              // A file, not a variable. Without it nobody is asked for a password.
              optionalSecretVolume('password', 'honeydue-secrets', 'REDIS_PASSWORD'),
              run.volume,
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data', labels: labels('redis') },
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: storageClass,
              resources: { requests: { storage: k8s.Quantity.fromString(memoryQuantity(bytes(volume))) } },
            },
          },
        ],
      },
    });

    const port = servicePort('redis', ports.redis);
    new k8s.KubeService(this, 'service', {
      metadata: metadataOf('redis'),
      spec: { type: 'ClusterIP', selector: selectorLabels('redis'), ports: [port] },
    });
    // A StatefulSet names its pods by a headless Service; clients use `redis`, whose address stays.
    podsService(this, 'redis', port);

    networkPolicy(this, 'redis', { ingress: [fromPods(['api', 'worker'], ports.redis)], egress: [] });
  }
}
