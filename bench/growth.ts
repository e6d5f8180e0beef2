import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { ManifestFile } from '../charts/chart.ts';
import { metadataOf, selectorLabels } from '../charts/metadata.ts';
import { fromTraefik, networkPolicy, toDNS } from '../charts/network-policy.ts';
import { hardenedContainer, hardenedPod, rollingUpdate, spreadOverNodes } from '../charts/workload.ts';
import { disruptionBudget, serviceAccount } from '../charts/workload-objects.ts';
import { loadCluster } from '../config/load.ts';
import type { Workload } from '../config/names.ts';
import type { Cluster } from '../config/schema.ts';
import * as k8s from '../imports/k8s.ts';
import { replaceFolder } from '../synth/folder.ts';
import { render } from '../synth/render.ts';

/** Renders N copies of a workload and prints its time and peak memory: growth.ts N ours|cdk8s. */

class BenchChart extends ManifestFile {
  constructor(scope: App, cluster: Cluster, index: number) {
    super(scope, `40-workload-${index}`);
    // Only here: names beyond the system's own workloads.
    const name = `workload-${index}` as Workload;
    serviceAccount(this, name);
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: metadataOf(name),
      spec: {
        strategy: rollingUpdate,
        selector: { matchLabels: selectorLabels(name) },
        template: {
          metadata: { labels: selectorLabels(name) },
          spec: {
            ...hardenedPod(name),
            ...spreadOverNodes(name),
            containers: [
              { ...hardenedContainer(cluster.workloads.api.resources), name, image: cluster.images.api },
            ],
          },
        },
      },
    });
    new k8s.KubeService(this, 'service', {
      metadata: metadataOf(name),
      spec: { selector: selectorLabels(name), ports: [{ port: 80 }] },
    });
    disruptionBudget(this, name);
    networkPolicy(this, name, { ingress: [fromTraefik(cluster, 80)], egress: [toDNS] });
  }
}

const [, , count = '10', writer = 'ours'] = process.argv;
const folder = mkdtempSync(join(tmpdir(), 'growth-'));
const cluster = loadCluster('cluster.yaml');
const start = performance.now();
const app = new App({ outdir: join(folder, 'dist') });
for (let i = 0; i < Number(count); i++) new BenchChart(app, cluster, i);
if (writer === 'cdk8s') app.synth();
else replaceFolder(join(folder, 'dist'), render(app));
const milliseconds = performance.now() - start;
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
