import type { HostFile } from '../../../config/hosts/host-file.ts';
import { hostFiles } from '../../../config/hosts/host-files.ts';
import { k3sPaths } from '../../../config/hosts/k3s-paths.ts';
import { ufwDefaultsFile } from '../../../config/hosts/ufw-defaults.ts';
import type { Cluster, Node } from '../../../config/schema.ts';

/** Files of the other steps: they take effect with the firewall, or with k3s. */
const ELSEWHERE: readonly string[] = [ufwDefaultsFile.path, ...Object.values(k3sPaths)];

/** The files that the step `hosts` makes. */
export function filesOfHosts(cluster: Cluster, node: Node): HostFile[] {
  // The interface stands in a file of k3s only.
  return hostFiles(cluster, node, '').filter(({ path }) => !ELSEWHERE.includes(path));
}
