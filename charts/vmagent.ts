import { ConfigMap } from 'cdk8s-plus-30';
import type { Construct } from 'constructs';
import { ports } from '../config/ports.ts';
import { bytes } from '../config/quantity.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { ManifestFile } from './chart.ts';
import { metadataOf, podMetadata, selectorLabels } from './metadata.ts';
import { networkPolicy, toDNS, toInternet, toNodes, toPods } from './network-policy.ts';
import { scrapeConfig } from './scrape-config.ts';
import { configVolume, optionalSecretVolume, scratch } from './volumes.ts';
import { deniedOneWay, everyImage, noBudget, nothingToSpread, onlyOnePod, waive } from './waivers.ts';
import {
  goMemoryLimit,
  hardenedContainer,
  hardenedPod,
  httpGet,
  moveFromDeadNodes,
  recreate,
  tcpSocket,
} from './workload.ts';
import { serviceAccount } from './workload-objects.ts';

const TOKEN_KEY = 'OBS_INGEST_TOKEN';

/** 50-vmagent: scrapes api and Traefik, and sends to the obs host. While that is down, samples wait on disk. */
export class VmagentChart extends ManifestFile {
  constructor(scope: Construct, cluster: Cluster) {
    super(scope, '50-vmagent');
    const { queue, resources } = cluster.workloads.vmagent;
    const files = { 'scrape.yaml': scrapeConfig(cluster) };
    const data = scratch('data', '/vmagentdata', resources.limits['ephemeral-storage']);

    serviceAccount(this, 'vmagent');

    new ConfigMap(this, 'config', { metadata: metadataOf('vmagent', 'vmagent-config'), data: files });

    new k8s.KubeDeployment(this, 'deployment', {
      metadata: {
        ...metadataOf('vmagent'),
        annotations: waive(...everyImage, onlyOnePod, noBudget, nothingToSpread, deniedOneWay),
      },
      spec: {
        // Two would send every sample twice.
        replicas: 1,
        revisionHistoryLimit: 5,
        strategy: recreate,
        progressDeadlineSeconds: 300,
        selector: { matchLabels: selectorLabels('vmagent') },
        template: {
          metadata: podMetadata('vmagent', files),
          spec: {
            ...hardenedPod('vmagent'),
            ...moveFromDeadNodes,
            // Time to write what is in memory to the queue on disk.
            terminationGracePeriodSeconds: 30,
            containers: [
              {
                ...hardenedContainer(resources),
                name: 'vmagent',
                image: cluster.images.vmagent,
                args: [
                  `-httpListenAddr=:${ports.vmagent}`,
                  '-promscrape.config=/etc/vmagent/scrape.yaml',
                  `-remoteWrite.url=${cluster.observability.remoteWriteURL}`,
                  // Read again while running, so a new token needs no restart (V-2).
                  `-remoteWrite.bearerTokenFile=/etc/vmagent-token/${TOKEN_KEY}`,
                  '-remoteWrite.tmpDataPath=/vmagentdata',
                  // When it is full the oldest samples go first (V-1).
                  `-remoteWrite.maxDiskUsagePerURL=${bytes(queue)}`,
                ],
                env: [goMemoryLimit(resources)],
                ports: [{ name: 'http', containerPort: ports.vmagent, protocol: 'TCP' }],
                readinessProbe: {
                  ...httpGet('/health', ports.vmagent),
                  periodSeconds: 10,
                  timeoutSeconds: 3,
                  failureThreshold: 3,
                },
                livenessProbe: {
                  ...tcpSocket(ports.vmagent),
                  periodSeconds: 10,
                  timeoutSeconds: 3,
                  failureThreshold: 6,
                },
                volumeMounts: [
                  { name: 'config', mountPath: '/etc/vmagent', readOnly: true },
                  { name: 'token', mountPath: '/etc/vmagent-token', readOnly: true },
                  data.mount,
                ],
              },
            ],
            volumes: [
              configVolume('vmagent-config'),
              // Optional: a token that is not there holds up nothing but the sending.
              optionalSecretVolume('token', 'honeydue-secrets', TOKEN_KEY),
              // Not a volume claim: samples are worth less than a pod that can move to any node.
              data.volume,
            ],
          },
        },
      },
    });

    networkPolicy(this, 'vmagent', {
      ingress: [],
      egress: [
        toDNS,
        toPods('api', ports.api),
        toNodes(cluster, ports.traefikMetrics),
        toInternet(Number(new URL(cluster.observability.remoteWriteURL).port || 443)),
      ],
    });
  }
}
