import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCluster } from '../../../config/load.ts';
import { secretKeys, secrets } from '../../../config/secrets.ts';
import type { LabHost } from '../hosts/host.ts';
import type { Workspace } from '../provision/workspace.ts';
import { kubectlOn } from '../testing/pods.ts';
import { dockerConfigJson } from '../workloads/names.ts';

/** Applies dist/ of the workspace, in file order. */
export async function applyDist(host: LabHost, { folder }: Workspace): Promise<void> {
  const dist = join(folder, 'dist');
  const files = readdirSync(dist).filter((file) => file.endsWith('.yaml'));
  const text = files
    .sort()
    .map((file) => readFileSync(join(dist, file), 'utf8'))
    .join('\n---\n');
  await kubectlOn(host, 'apply --server-side --field-manager=honeydue -f -', text);
}

/** Gives the Secrets their values from the workspace's prod.env. */
export async function applySecrets(host: LabHost, workspace: Workspace): Promise<void> {
  const cluster = loadCluster(workspace.config);
  const manifests = Object.entries(secrets).flatMap(([name, { namespace, type }]) => {
    const keys = secretKeys(cluster).filter(
      ({ secret, name: value }) => secret === name && workspace.secrets[value],
    );
    if (keys.length === 0) return [];
    const data = keys.map(({ key, name: value }) => [key, encode(valueOf(workspace, key, value))]);
    return [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        type,
        data: Object.fromEntries(data),
      },
    ];
  });
  const list = { apiVersion: 'v1', kind: 'List', items: manifests };
  await kubectlOn(
    host,
    'apply --server-side --force-conflicts --field-manager=honeydue-secrets -f -',
    JSON.stringify(list),
  );
}

const valueOf = ({ secrets: values }: Workspace, key: string, name: string): string =>
  key === '.dockerconfigjson' ? dockerConfigJson() : (values[name] ?? '');

const encode = (value: string): string => Buffer.from(value).toString('base64');
