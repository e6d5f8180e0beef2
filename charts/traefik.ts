import { ConfigMap } from 'cdk8s-plus-30';
import type { Construct } from 'constructs';
import { edgePorts, edgeSources } from '../config/edge.ts';
import { namespaces, priorityClasses } from '../config/names.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { ManifestFile } from './chart.ts';
import { metadataOf, podMetadata, selectorLabels } from './metadata.ts';
import { fromNetworks, networkPolicy, podsIn, tcp } from './network-policy.ts';
import { traefikArgs } from './traefik-args.ts';
import { edgeSecrets, FILES, traefikFiles } from './traefik-files.ts';
import { configVolume, secretVolume } from './volumes.ts';
import { everyImage, nothingToSpread, onHostNetwork, waive } from './waivers.ts';
import { acceptsConnections, goMemoryLimit, hardenedContainer, hardenedPod, httpGet } from './workload.ts';
import { serviceAccount } from './workload-objects.ts';

/** Traefik's user. Ports below 1024 are open to it through the nodes' net.ipv4.ip_unprivileged_port_start=80 (T-1). */
const UID = 65532;

/** 10-traefik: the edge, one on each node, on the node's own network. It needs neither the API server nor DNS. */
export class TraefikChart extends ManifestFile {
  constructor(scope: Construct, cluster: Cluster) {
    super(scope, '10-traefik');
    const { resources } = cluster.workloads.traefik;
    const files = traefikFiles(cluster);
    const mounted = edgeSecrets(cluster);
    const doors = edgePorts(cluster);

    serviceAccount(this, 'traefik');

    new ConfigMap(this, 'config', { metadata: metadataOf('traefik', 'traefik-config'), data: files });

    new k8s.KubeDaemonSet(this, 'daemon-set', {
      metadata: {
        ...metadataOf('traefik'),
        annotations: waive(...everyImage, onHostNetwork, nothingToSpread),
      },
      spec: {
        revisionHistoryLimit: 5,
        // Node by node: two pods cannot share a port of the host (T-2).
        updateStrategy: {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxSurge: k8s.IntOrString.fromNumber(0),
            maxUnavailable: k8s.IntOrString.fromNumber(1),
          },
        },
        minReadySeconds: 10,
        selector: { matchLabels: selectorLabels('traefik') },
        template: {
          metadata: podMetadata('traefik', files),
          spec: {
            ...hardenedPod('traefik', UID),
            priorityClassName: priorityClasses.edge,
            hostNetwork: true,
            dnsPolicy: 'ClusterFirstWithHostNet',
            // 15 s in which it still accepts and 30 s for what is under way, plus spare (T-3).
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                ...hardenedContainer(resources),
                name: 'traefik',
                image: cluster.images.traefik,
                args: traefikArgs(cluster),
                env: [
                  { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
                  goMemoryLimit(resources),
                ],
                // On the host network the API server sets hostPort to the same number; written out, it is no surprise.
                ports: [
                  ...doors.map(({ name, port }) => ({
                    name,
                    containerPort: port,
                    hostPort: port,
                    protocol: 'TCP',
                  })),
                  {
                    name: 'metrics',
                    containerPort: ports.traefikMetrics,
                    hostPort: ports.traefikMetrics,
                    protocol: 'TCP',
                  },
                ],
                readinessProbe: {
                  ...httpGet('/ping', ports.traefikMetrics),
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                  failureThreshold: 2,
                },
                livenessProbe: acceptsConnections(ports.traefikMetrics),
                volumeMounts: [
                  { name: 'config', mountPath: FILES, readOnly: true },
                  ...mounted.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
                ],
              },
            ],
            volumes: [
              configVolume('traefik-config'),
              // Not optional: an edge without its certificate or its users must not start.
              ...mounted.map(({ name, secretName, keys }) => secretVolume(name, secretName, keys)),
            ],
          },
        },
      },
    });

    // Pods on the host network are outside network policies: UFW is the wall. This says what UFW is told (N-5).
    networkPolicy(this, 'traefik', {
      ingress: [
        fromNetworks(edgeSources(cluster), ...doors.map(({ port }) => port)),
        { from: [podsIn(namespaces.app, selectorLabels('vmagent'))], ports: [tcp(ports.traefikMetrics)] },
      ],
      egress: [
        {
          to: ['api', 'admin'].map((workload) => podsIn(namespaces.app, selectorLabels(workload))),
          ports: [tcp(ports.api), tcp(ports.admin)],
        },
      ],
    });
  }
}
