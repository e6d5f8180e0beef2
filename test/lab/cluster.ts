import type { SecretName } from '../../config/secrets.ts';
import { cacheDir, runDir } from './core/paths.ts';
import type { LabHost } from './hosts/host.ts';
import { installServer, serveReleases, startServer, waitForVoters } from './k3s/server.ts';
import { setNames } from './services/dns.ts';
import { startService } from './services/service.ts';
import { build } from './workloads/build.ts';
import { dockerConfigJson } from './workloads/names.ts';
import { startWorkloadServices } from './workloads/services.ts';

/** Password that the lab's servers share. A lab value: no secret. */
export const CLUSTER_TOKEN = 'lab-cluster-password';

/** Told what is being done, one line each. */
export type Log = (line: string) => void;

const silent: Log = () => {};

export interface ClusterOptions {
  /** Release of k3s (default: the newest). */
  readonly version?: string;
  /** Password, or the full token of a cluster that is restored. */
  readonly token?: string;
  readonly log?: Log;
}

/** Starts what hosts and pods need from outside: k3s releases, registry, observability, mail, TLS. @throws LabError */
export async function startSurroundings(log: Log = silent): Promise<readonly string[]> {
  const { versions } = await serveReleases(log);
  await startWorkloadServices(await build(cacheDir(), log), runDir(), { startService, setNames });
  return versions;
}

/** Makes a host ready to be a server without starting it: release and configuration. */
export async function prepareServer(
  host: LabHost,
  options: ClusterOptions & { readonly join?: string } = {},
): Promise<void> {
  const { version, token = CLUSTER_TOKEN, join } = options;
  await installServer(host, {
    token,
    ...(version === undefined ? {} : { version }),
    ...(join === undefined ? {} : { join }),
  });
}

/**
 * Makes hosts a cluster: all are prepared side by side, then they join one after the other, each when those before it
 * are ready and vote (etcd takes one learner at a time).
 * @param servers the first one initialises the cluster
 * @throws LabError of the first that does not come up
 */
export async function startCluster(servers: readonly LabHost[], options: ClusterOptions = {}): Promise<void> {
  const { log = silent } = options;
  const [first] = servers;
  if (first === undefined) return;
  const leader = addressOf(first);
  await Promise.all(
    servers.map((host) => prepareServer(host, { ...options, ...(host === first ? {} : { join: leader }) })),
  );
  log('release and configuration are on all hosts');
  for (const [index, host] of servers.entries()) await joinServer(host, servers.slice(0, index + 1), log);
}

async function joinServer(host: LabHost, expected: readonly LabHost[], log: Log): Promise<void> {
  await startServer(host);
  await waitForVoters(expected[0] ?? host, expected);
  log(`${host.alias} is ready and votes (${expected.length})`);
}

/** Address under which servers reach a host. */
export function addressOf(host: LabHost): string {
  return host.privateIPv4 ?? host.publicIPv4;
}

/** Name of production's pull secret. */
export const PULL_SECRET: SecretName = 'gitea-credentials';

/** Manifest of the pull secret in a namespace, as production has it. */
export function pullSecret(namespace: string, account?: { username: string; password: string }): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: PULL_SECRET, namespace },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': dockerConfigJson(account) },
  };
}
