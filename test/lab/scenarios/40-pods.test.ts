import { pullSecret, startCluster, startSurroundings } from '../cluster.ts';
import { from, host, hosts, type LabHost, PRODUCTION_HOSTS, waitFor } from '../lab.ts';
import { guard } from '../testing/firewall.ts';
import {
  claimManifests,
  kubectlOn,
  NAMESPACE,
  namespaceManifest,
  type Placed,
  podManifest,
  probeManifests,
  probes,
  tryFrom,
  yamlOf,
} from '../testing/pods.ts';
import { withHosts } from '../testing/scenario.ts';
import { appImage, DOCKER_HUB, PROBE_IMAGE, registriesYaml } from '../workloads/names.ts';

withHosts(PRODUCTION_HOSTS);

const first = () => host('hetzner1');
const kubectl = (words: string, input = '') => kubectlOn(first(), `-n ${NAMESPACE} ${words}`, input);
const apply = (...manifests: object[]) => kubectl('apply -f -', yamlOf(manifests));
let placed: Placed[] = [];

/** A probe pod on the first server, and one on another. */
function pair(): [Placed, Placed] {
  const here = placed.find(({ node }) => node === first().hostname);
  const there = placed.find(({ node }) => node !== first().hostname);
  if (here === undefined || there === undefined) throw new Error('no probe pod on two nodes');
  return [here, there];
}

/** Packets that a host has sent through the VXLAN. */
async function sentThroughVxlan(): Promise<number> {
  const text = await first().must('ip -s -j link show dev flannel.1');
  const [link] = JSON.parse(text) as { stats64: { tx: { packets: number } } }[];
  return link?.stats64.tx.packets ?? 0;
}

/** Why a pod's container does not start: reason and message, once the reason is one of pulling. */
async function pullProblem(pod: string): Promise<string> {
  const problem = async () => {
    const events = await kubectl(
      `get events --field-selector involvedObject.name=${pod},reason=Failed -o jsonpath='{.items[*].message}'`,
    );
    return events.includes('Failed to pull image') ? events : undefined;
  };
  return waitFor(`${pod} to fail`, problem, { timeoutMs: 60_000, intervalMs: 500 });
}

/** A server whose registries.yaml names a mirror, and which reaches docker.io in no other way. */
async function onlyThroughMirror(server: LabHost): Promise<void> {
  await server.writeFile('/etc/rancher/k3s/registries.yaml', registriesYaml(), 0o600);
  await server.must(`echo '127.0.0.1 ${DOCKER_HUB}' >> /etc/hosts`);
}

beforeAll(async () => {
  await startSurroundings();
  // As on a real host, UFW is there before Kubernetes: whose rules come first decides what is dropped.
  const all = hosts();
  await Promise.all(
    all.map((each) =>
      guard(
        each,
        all.filter((other) => other !== each),
      ),
    ),
  );
  await onlyThroughMirror(host('hetzner3'));
  await startCluster(all);
  await kubectlOn(first(), 'apply -f -', yamlOf([namespaceManifest]));
  const account = async () => (await kubectl('get serviceaccounts -o name')).includes('default');
  await waitFor('the default service account', account, { timeoutMs: 30_000 });
  await apply(...probeManifests(), ...claimManifests());
}, 400_000);

test('a pod on each node: images come from the registry under the names of docker.io', async () => {
  await kubectl('rollout status ds/probe --timeout=90s');
  placed = await probes(first());
  expect(placed.map(({ node }) => node).sort()).toEqual(
    PRODUCTION_HOSTS.map(({ hostname }) => hostname).sort(),
  );
});

test('a pod on one node reaches pods on the others through VXLAN', async () => {
  const [here] = pair();
  const before = await sentThroughVxlan();
  for (const { name, ip } of placed)
    expect(await tryFrom(first(), here.name, `http http://${ip}:8080`)).toMatch(`200 ${name} saw ${here.ip}`);
  expect(await sentThroughVxlan()).toBeGreaterThan(before);
});

test('a pod gets DNS, and a Service answers under its name and its ClusterIP from every pod behind it', async () => {
  const [here] = pair();
  const resolved = () => tryFrom(first(), here.name, 'dns kubernetes.default.svc.cluster.local');
  expect(await waitFor('CoreDNS to answer', resolved, { timeoutMs: 60_000 })).toBe('[10.43.0.1]');
  const ip = await kubectl("get service probe -o jsonpath='{.spec.clusterIP}'");
  expect(await tryFrom(first(), here.name, `http http://${ip}`)).toMatch(/^200 probe-/);
  const seen = new Set<string>();
  const all = async () => {
    const said = await tryFrom(first(), here.name, 'http http://probe.lab-pods.svc.cluster.local');
    seen.add(/^200 (\S+)/.exec(said ?? '')?.[1] ?? '');
    return placed.every(({ name }) => seen.has(name));
  };
  await waitFor('all three pods to answer behind the Service', all, { timeoutMs: 60_000, intervalMs: 10 });
});

test('a claim of local-path is bound, and what a pod wrote outlives the pod', async () => {
  await kubectl('wait pod/data --for=condition=Ready --timeout=90s');
  const written = await kubectl('exec data -- cat /data/it');
  await kubectl('delete pod data --timeout=60s');
  await kubectl('apply -f -', yamlOf(claimManifests()));
  await kubectl('wait pod/data --for=condition=Ready --timeout=90s');
  expect(await kubectl('exec data -- cat /data/it')).toBe(written);
  expect(await kubectl("get pvc data -o jsonpath='{.status.phase}'")).toBe('Bound');
});

test('Pod Security refuses a privileged pod and one as root', async () => {
  for (const securityContext of [{ privileged: true }, { runAsUser: 0 }]) {
    const manifest = yamlOf([podManifest('refused', PROBE_IMAGE, {}, { securityContext })]);
    const { exitCode, stderr } = await first().exec('k3s kubectl apply -f -', { input: manifest });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/violates PodSecurity "restricted/);
  }
});

test('images come from production names as they are, and through a mirror where registries.yaml names one', async () => {
  const [direct, mirrored] = [host('hetzner1'), host('hetzner3')];
  expect((await direct.exec('test -e /etc/rancher/k3s/registries.yaml')).exitCode).toBe(1);
  expect((await mirrored.exec(`curl -sk https://${DOCKER_HUB}/v2/`)).exitCode).not.toBe(0);
  const pulledOn = (server: LabHost) => placed.some(({ node, ip }) => node === server.hostname && ip !== '');
  expect([direct, mirrored].map(pulledOn)).toEqual([true, true]);
});

test('the app images come with the pull secret under their production names, and not without it', async () => {
  const withSecret = { imagePullSecrets: [{ name: 'gitea-credentials' }] };
  await apply(
    pullSecret(NAMESPACE),
    podManifest('without-secret', appImage('admin', 'next')),
    podManifest('wrong-name', appImage('admin', 'old').replace(/:.*$/, ':0000000'), withSecret),
    podManifest('with-secret', appImage('admin', 'old'), withSecret),
  );
  await kubectl('wait pod/with-secret --for=condition=Ready --timeout=60s');
  expect(await pullProblem('without-secret')).toMatch(
    /401|[Uu]nauthorized|authorization failed|no basic auth/,
  );
  expect(await pullProblem('wrong-name')).toMatch(/not found/);
  await apply(pullSecret(NAMESPACE, { username: 'admin', password: 'wrong' }));
  await apply(podManifest('wrong-password', appImage('admin', 'broken'), withSecret));
  expect(await pullProblem('wrong-password')).toMatch(
    /401|[Uu]nauthorized|authorization failed|no basic auth/,
  );
});

describe('UFW', () => {
  test('pods reach pods, Services, DNS and the API; logs and exec work', async () => {
    const [here, there] = pair();
    expect(await tryFrom(first(), here.name, `http http://${there.ip}:8080`)).toMatch(/^200/);
    expect(await tryFrom(first(), there.name, `http http://${here.ip}:8080`)).toMatch(/^200/);
    expect(await tryFrom(first(), there.name, 'dns probe.lab-pods.svc.cluster.local')).toMatch(/10\.43\./);
    for (const { name } of placed) expect(await tryFrom(first(), name, 'tcp 10.43.0.1:443')).toBe('open');
    await kubectl(`logs ${there.name}`);
  });

  test('a pod reaches neither etcd nor sshd of another server', async () => {
    const [here] = pair();
    for (const port of [2379, 22])
      expect(await tryFrom(first(), here.name, `tcp 10.0.0.3:${port}`)).toBeUndefined();
  });

  test('a neighbour and the internet reach no pod, no Service and none of the servers ports', async () => {
    const [here] = pair();
    const service = await kubectl("get service probe -o jsonpath='{.spec.clusterIP}'");
    await from('neighbour').exec('ip route replace 10.42.0.0/15 via 10.0.0.2');
    for (const [address, port] of [
      [here.ip, 8080],
      [service, 80],
      ['10.0.0.2', 6443],
      ['10.0.0.2', 2379],
      ['10.0.0.2', 10250],
    ] as const)
      expect([address, port, await from('neighbour').connect(address, port)]).toEqual([
        address,
        port,
        'timeout',
      ]);
    for (const port of [6443, 2379, 10250])
      expect(await from('internet').connect('203.0.113.11', port)).toBe('timeout');
  });

  test('no pod of another node is reached while UFW drops 8472, and again when it does not', async () => {
    const [here, there] = pair();
    const words = `http http://${there.ip}:8080`;
    const rule = 'proto udp from 10.0.0.0/24 to any port 8472';
    await Promise.all(hosts().map((each) => each.must(`ufw insert 1 deny ${rule}`)));
    expect(await tryFrom(first(), here.name, words)).toBeUndefined();
    expect(await tryFrom(first(), here.name, `http http://${here.ip}:8080`)).toMatch(/^200/);
    await Promise.all(hosts().map((each) => each.must(`ufw delete deny ${rule}`)));
    const back = () => tryFrom(first(), here.name, words);
    expect(await waitFor('the pod on the other node', back, { timeoutMs: 30_000 })).toMatch(/^200/);
  });
});
