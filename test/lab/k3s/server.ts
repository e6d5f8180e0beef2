import { stringify } from 'yaml';
import { cacheDir } from '../core/paths.ts';
import { waitFor } from '../core/wait.ts';
import type { LabHost } from '../hosts/host.ts';
import { serveFolder } from '../services/files.ts';
import { build, type K3sPaths } from './build.ts';
import { genuineImages } from './genuine.ts';
import { CHECKSUMS, NEWEST, RELEASES_PORT, releaseUrl, SYSTEM_IMAGES } from './releases.ts';

/** How one server is set up. */
export interface ServerOptions {
  readonly version?: string;
  /** Password of the cluster, or a full K10 token. */
  readonly token: string;
  /** Address of a server to join; without it the server initialises the cluster. */
  readonly join?: string;
  /** Keys of config.yaml beside those that follow from the host; they win. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** k3s's own unit file, as its installer writes it. */
export const UNIT = `[Unit]
Description=Lightweight Kubernetes
Wants=network-online.target
After=network-online.target
[Install]
WantedBy=multi-user.target
[Service]
Type=notify
EnvironmentFile=-/etc/systemd/system/k3s.service.env
KillMode=process
Delegate=yes
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=0
Restart=always
RestartSec=2s
ExecStart=/usr/local/bin/k3s server $K3S_LAB_FLAGS
`;

/** What the kubelet of a server with protect-kernel-defaults insists on. */
const SYSCTLS = `vm.panic_on_oom=0
vm.overcommit_memory=1
kernel.panic=10
kernel.panic_on_oops=1
`;

/** config.yaml of a server: everything that follows from its host, then the options. */
export function serverConfig(host: LabHost, options: ServerOptions): Record<string, unknown> {
  const privateIPv4 = host.privateIPv4 ?? host.publicIPv4;
  return {
    ...(options.join === undefined ? { 'cluster-init': true } : { server: `https://${options.join}:6443` }),
    'token-file': '/etc/rancher/k3s/token',
    'node-name': host.hostname,
    'node-ip': privateIPv4,
    'node-external-ip': host.publicIPv4,
    'advertise-address': privateIPv4,
    'flannel-iface': host.privateIPv4 === undefined ? 'eth0' : 'enp7s0',
    'tls-san': [host.publicIPv4, privateIPv4],
    disable: ['traefik', 'servicelb', 'metrics-server'],
    'secrets-encryption': true,
    'protect-kernel-defaults': true,
    ...options.config,
  };
}

/** Serves the releases to hosts, building them first if need be. */
export async function serveReleases(log: (line: string) => void = () => {}): Promise<K3sPaths> {
  const paths = await build(cacheDir(), log);
  await serveFolder('releases', paths.releases, RELEASES_PORT);
  return paths;
}

/** Fetches a release (default: the newest served) as a host's operator would: by HTTP, checked, put in place in one step. */
export async function installBinary(host: LabHost, version?: string): Promise<void> {
  const release = version ?? (await newestServed());
  const folder = '/usr/local/bin';
  await host.must(
    `cd $(mktemp -d -p ${folder}) && curl -fsS --retry 3 -o k3s ${releaseUrl(release, 'k3s')} &&
     curl -fsS --retry 3 ${releaseUrl(release, CHECKSUMS)} | grep -E ' k3s$' | sha256sum --check --quiet &&
     chmod 0755 k3s && mv k3s ${folder}/k3s && cd / && rmdir "$OLDPWD"`,
    { timeoutMs: 120_000 },
  );
  if (genuineImages() === undefined) return;
  const images = '/var/lib/rancher/k3s/agent/images';
  await host.must(
    `mkdir -p ${images} && curl -fsS -o ${images}/system.tar ${releaseUrl(release, SYSTEM_IMAGES)}`,
    { timeoutMs: 120_000 },
  );
}

async function newestServed(): Promise<string> {
  const { versions } = await build(cacheDir(), () => {});
  return versions.at(-1) ?? NEWEST;
}

/** Puts everything in place for a server without starting it. The releases must be served. */
export async function installServer(host: LabHost, options: ServerOptions): Promise<void> {
  await installBinary(host, options.version);
  await host.must('mkdir -p -m 0700 /etc/rancher/k3s');
  await host.writeFile('/etc/rancher/k3s/token', options.token, 0o600);
  await host.writeFile('/etc/rancher/k3s/config.yaml', stringify(serverConfig(host, options)), 0o600);
  await host.writeFile('/etc/sysctl.d/90-kubelet.conf', SYSCTLS, 0o644);
  await host.writeFile('/etc/systemd/system/k3s.service', UNIT, 0o644);
  await host.must(
    'sysctl -q -p /etc/sysctl.d/90-kubelet.conf; systemctl daemon-reload; systemctl enable -q k3s',
  );
}

/** Starts a server; systemd says when it is up. @throws LabError with the end of its log */
export async function startServer(host: LabHost, timeoutMs = 180_000): Promise<void> {
  const seconds = Math.round(timeoutMs / 1000);
  await host.must(
    `timeout ${seconds} systemctl restart k3s || { journalctl -u k3s -o cat | grep -E 'WARN|FATA|level=(warn|err|fatal)' | tail -15; exit 1; }`,
    { timeoutMs: timeoutMs + 10_000 },
  );
}

/** Names of the nodes whose etcd member votes and whose kubelet is ready, as one server sees them. */
export async function votersSeenBy(host: LabHost): Promise<string[]> {
  const { items } = JSON.parse(await host.must('k3s kubectl get nodes -o json')) as {
    items: { metadata: { name: string }; status: { conditions?: { type: string; status: string }[] } }[];
  };
  const holds = (conditions: { type: string; status: string }[] | undefined, type: string) =>
    conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
  return items
    .filter(({ status }) => holds(status.conditions, 'Ready') && holds(status.conditions, 'EtcdIsVoter'))
    .map(({ metadata }) => metadata.name)
    .sort();
}

/** Waits until exactly these hosts are ready nodes with a vote. @throws LabError at the deadline */
export async function waitForVoters(
  seenBy: LabHost,
  expected: readonly LabHost[],
  timeoutMs = 120_000,
): Promise<void> {
  const names = expected.map((host) => host.hostname).sort();
  await waitFor(
    `voters ${names.join(', ')}`,
    async () => {
      const voters = await votersSeenBy(seenBy);
      if (voters.join() !== names.join()) throw new Error(`ready voters: ${voters.join(', ') || 'none'}`);
      return true;
    },
    { timeoutMs, intervalMs: 500, next: `npm run lab -- exec ${seenBy.alias} journalctl -u k3s` },
  );
}
