import { k3sPaths } from '../../../../config/hosts/k3s-paths.ts';
import type { Cluster, Node } from '../../../../config/schema.ts';
import { firewallQuery } from '../../firewall/plan-host.ts';
import type { HostQuery } from '../../host/facts.ts';
import { queryOfHosts } from '../../hosts/plan-host.ts';
import { k3sQuery } from '../../k3s/state.ts';
import { siteCommands } from './site-probes.ts';

const { serverTLS: server, agent } = k3sPaths;

/** Prints `FILE notAfter=DATE` for each certificate of k3s. */
const CERTIFICATES = `for file in ${server}/*.crt ${server}/etcd/*.crt ${agent}/*.crt; do
  end=$(openssl x509 -noout -enddate -in "$file" 2>/dev/null) && echo "$file $end"
done`;

const OWN: HostQuery['commands'] = {
  encryption: [k3sPaths.binary, 'secrets-encrypt', 'status'],
  certificates: ['sh', '-c', CERTIFICATES],
  snapshots: ['find', k3sPaths.snapshots, '-maxdepth', '1', '-type', 'f', '-printf', '%T@ %f\\n'],
};

/** All that is asked of a host, in one round trip: what the steps would ask, and more. */
export function verifyQuery(cluster: Cluster, node: Node): Partial<HostQuery> {
  const queries = [queryOfHosts(cluster), firewallQuery, k3sQuery, { commands: OWN }];
  const lists = ['users', 'files', 'hashes', 'sysctls', 'units', 'packages'] as const;
  return {
    ...Object.fromEntries(
      lists.map((name) => [name, [...new Set(queries.flatMap((query) => query[name] ?? []))]]),
    ),
    commands: {
      ...Object.fromEntries(queries.flatMap(({ commands = {} }) => Object.entries(commands))),
      ...siteCommands(cluster, node),
    },
  };
}
