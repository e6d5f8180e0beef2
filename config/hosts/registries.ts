import { stringify } from 'yaml';
import type { Cluster } from '../schema.ts';
import { type HostFile, hostFile } from './host-file.ts';
import { k3sPaths } from './k3s-paths.ts';

/**
 * Where the nodes pull from. k3s reads it at its start only. It is there without mirrors too, as then the next run takes
 * away one that is no longer wanted. Credentials are in the pull secret, never here.
 */
export function registriesFile({ registry }: Cluster): HostFile {
  const mirrors = (registry.mirrors ?? []).map(({ host, endpoints }) => [host, { endpoint: endpoints }]);
  return hostFile(
    {
      path: k3sPaths.registries,
      mode: '0600',
      reason: 'images come through the mirrors of registry.mirrors',
    },
    stringify({ mirrors: Object.fromEntries(mirrors) }),
  );
}
