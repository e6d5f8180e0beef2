import { stringify } from 'yaml';
import { nodeAddress } from '../config/addresses.ts';
import { namespaces } from '../config/names.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';

/** vmagent's scrape configuration, in Prometheus' format. Nothing in it needs the API server (V-3). */
export function scrapeConfig({ nodes, ...cluster }: Cluster): string {
  return stringify({
    global: { scrape_interval: '15s', external_labels: { cluster: cluster.domains.apex } },
    scrape_configs: [
      {
        job_name: 'api',
        // Every ready pod behind the headless Service; the final dot saves the search list.
        dns_sd_configs: [
          { names: [`api-pods.${namespaces.app}.svc.cluster.local.`], type: 'A', port: ports.api },
        ],
        metrics_path: '/metrics',
        sample_limit: SAMPLE_LIMIT,
      },
      {
        job_name: 'traefik',
        static_configs: nodes.map((node) => ({
          targets: [`${nodeAddress(node)}:${ports.traefikMetrics}`],
          labels: { node: node.hostname },
        })),
        sample_limit: SAMPLE_LIMIT,
      },
      { job_name: 'vmagent', static_configs: [{ targets: [`127.0.0.1:${ports.vmagent}`] }] },
    ],
  });
}

/** A target that suddenly has more series than this is dropped as a whole, before it fills the obs host. */
const SAMPLE_LIMIT = 20_000;
