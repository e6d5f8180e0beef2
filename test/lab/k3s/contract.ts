import { host, type LabHost, waitFor } from '../lab.ts';
import { COMMON_CONFIG, DNS_QUERY, SERVER_FILES } from './fixtures.ts';
import { NEWEST } from './releases.ts';
import { installServer, type ServerOptions, serveReleases } from './server.ts';

// What the tests of k3s's contract share. LAB_K3S=FILE runs them against a genuine k3s.

/** Password of the tests' cluster. */
export const TOKEN = 'contract-test-password';
export const SERVER = '/var/lib/rancher/k3s/server';

export const first = (): LabHost => host('hetzner1');
export const second = (): LabHost => host('hetzner2');
export const third = (): LabHost => host('hetzner3');
export const all = (): LabHost[] => [first(), second(), third()];

let versions: readonly string[] = [];

/** Releases that are served, oldest first; one only when a genuine binary is tested. */
export function servedVersions(): readonly string[] {
  return versions;
}

/** Before the tests of a file: makes the releases reachable for hosts, building them if need be. */
export function withReleases(): void {
  beforeAll(async () => {
    ({ versions } = await serveReleases());
  }, 3_600_000);
}

/** Sets up a server of the tests' cluster, by default of the oldest release; `config` is added to its config.yaml. */
export async function setUp(alias: string, options: Partial<ServerOptions> = {}): Promise<void> {
  const target = host(alias);
  const version = versions[0] ?? NEWEST;
  const config = { ...COMMON_CONFIG, ...options.config };
  await installServer(target, { version, token: TOKEN, ...options, config });
  await target.must(`mkdir -p -m 0700 ${SERVER}/logs`);
  for (const [path, content] of Object.entries(SERVER_FILES)) await target.writeFile(path, content, 0o600);
}

/** Runs `k3s server` by hand for up to 20 s; returns everything it said. It must not come up. */
export async function refused(alias: string, words: string): Promise<string> {
  const { stdout, exitCode } = await host(alias).exec(`timeout -s KILL 20 k3s server ${words} 2>&1`);
  expect(exitCode).not.toBe(0);
  return stdout;
}

/** kubectl on a server, as its administrator; a shell reads the words. */
export function kubectl(alias: string, words: string, input = ''): Promise<string> {
  return host(alias).must(`k3s kubectl ${words}`, { input, timeoutMs: 90_000 });
}

/** etcd's HTTP interface of the first server. */
export function etcd(path: string, body: object): Promise<string> {
  return first().must(
    `cd ${SERVER}/tls/etcd && curl -fsS --cacert server-ca.crt --cert client.crt --key client.key https://127.0.0.1:2382/v3/${path} -d @-`,
    { input: JSON.stringify(body) },
  );
}

/** Waits until CoreDNS is there (k3s deploys it shortly after it is ready) and all its replicas are. */
export async function coreDnsReady(): Promise<void> {
  const wait = `for i in $(seq 60); do k3s kubectl -n kube-system get deploy coredns >/dev/null 2>&1 && break; sleep 0.5; done`;
  await first().must(`${wait}; k3s kubectl -n kube-system rollout status deploy/coredns --timeout=80s`, {
    timeoutMs: 120_000,
  });
}

/**
 * Address that a name server gives the API server's Service, asked from the first server. For a moment after its pods are
 * ready a Service still refuses packets: kube-proxy has not heard of them yet.
 */
export async function askForApi(nameServer: string): Promise<string> {
  const command = `python3 - ${nameServer} kubernetes.default.svc.cluster.local`;
  const ask = async () => (await first().must(command, { input: DNS_QUERY })).trim();
  return waitFor(`an answer of ${nameServer}`, ask, { timeoutMs: 20_000, intervalMs: 250 });
}
