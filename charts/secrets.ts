import type { Construct } from 'constructs';
import { annotationDomain } from '../config/names.ts';
import type { Cluster } from '../config/schema.ts';
import { type SecretKey, type SecretName, secretKeys, secrets } from '../config/secrets.ts';
import * as k8s from '../imports/k8s.ts';
import { ManifestFile } from './chart.ts';
import { labels } from './metadata.ts';

/**
 * 21-secrets: the Secrets by name, without data. Values are merged in by bootstrap under a field manager of its own,
 * so applying this file again never removes or changes one. Typed Secrets cannot exist empty and are not here.
 */
export class SecretsChart extends ManifestFile {
  constructor(scope: Construct, cluster: Cluster) {
    super(scope, '21-secrets');
    const keys = secretKeys(cluster);
    const used = [...new Set(keys.map(({ secret }) => secret))];
    for (const name of used.filter((secret) => secrets[secret].type === 'Opaque')) {
      this.emptySecret(
        name,
        keys.filter(({ secret }) => secret === name),
      );
    }
  }

  private emptySecret(name: SecretName, keys: SecretKey[]): void {
    const { namespace, type } = secrets[name];
    const annotations = Object.fromEntries(keys.map((key) => [`${annotationDomain}/${key.key}`, about(key)]));
    new k8s.KubeSecret(this, name, {
      metadata: { name, namespace, labels: labels(name), annotations },
      type,
    });
  }
}

function about({ required, readers, purpose }: SecretKey): string {
  return `${required ? 'required' : 'optional'}; read by ${readers.join(', ')}; ${purpose}`;
}
