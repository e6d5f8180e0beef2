import { ConfigMap } from 'cdk8s-plus-30';
import type { Construct } from 'constructs';
import { appConfig } from '../config/environment.ts';
import { appConfigMap, namespaces } from '../config/names.ts';
import type { Cluster } from '../config/schema.ts';
import { ManifestFile } from './chart.ts';
import { labels } from './metadata.ts';

/** 20-config: what api, worker and admin read as variables. */
export class ConfigChart extends ManifestFile {
  constructor(scope: Construct, cluster: Cluster) {
    super(scope, '20-config');
    new ConfigMap(this, 'config', {
      metadata: { name: appConfigMap, namespace: namespaces.app, labels: labels(appConfigMap) },
      data: appConfig(cluster),
    });
  }
}
