import { host, PRODUCTION_HOSTS, waitFor } from '../lab.ts';
import { withHosts } from '../testing/scenario.ts';
import { COMMON_CONFIG, claimFor, DNS_QUERY, PRIVILEGED_POD, SERVER_FILES } from './fixtures.ts';
import { NEWEST } from './releases.ts';
import {
  installBinary,
  installServer,
  type ServerOptions,
  serveReleases,
  startServer,
  votersSeenBy,
  waitForVoters,
} from './server.ts';

// k3s's contract, point by point, on three hosts. LAB_K3S=FILE runs it against a genuine k3s.

const TOKEN = 'contract-test-password';
const SERVER = '/var/lib/rancher/k3s/server';
const first = () => host('hetzner1');
const second = () => host('hetzner2');
const third = () => host('hetzner3');
const all = () => [first(), second(), third()];
let versions: readonly string[] = [];
let fullToken = '';

/** Sets up a server of the test's cluster; `changes` go into its config.yaml. */
async function setUp(alias: string, options: Partial<ServerOptions> = {}): Promise<void> {
  const target = host(alias);
  const version = versions[0] ?? NEWEST;
  const config = { ...COMMON_CONFIG, ...options.config };
  await installServer(target, { version, token: TOKEN, ...options, config });
  await target.must(`mkdir -p -m 0700 ${SERVER}/logs`);
  for (const [path, content] of Object.entries(SERVER_FILES)) await target.writeFile(path, content, 0o600);
}

/** Runs `k3s server` by hand for up to 20 s; returns everything it said. It must not come up. */
async function refused(alias: string, words: string): Promise<string> {
  const { stdout, exitCode } = await host(alias).exec(`timeout -s KILL 20 k3s server ${words} 2>&1`);
  expect(exitCode).not.toBe(0);
  return stdout;
}

/** kubectl on a server, as its administrator. */
const kubectl = (alias: string, words: string, input = '') =>
  host(alias).must(`k3s kubectl ${words}`, { input, timeoutMs: 90_000 });

/** etcd's HTTP interface of the first server. */
const etcd = (path: string, body: object) =>
  first().must(
    `cd ${SERVER}/tls/etcd && curl -fsS --cacert server-ca.crt --cert client.crt --key client.key https://127.0.0.1:2382/v3/${path} -d @-`,
    { input: JSON.stringify(body) },
  );

withHosts(PRODUCTION_HOSTS);

beforeAll(async () => {
  ({ versions } = await serveReleases());
}, 3_600_000);

describe('command line and files', () => {
  beforeAll(() => setUp('hetzner1'));

  test('a release is fetched with its checksum and tells its version', async () => {
    const said = await first().must('k3s --version');
    expect(said).toContain(`k3s version ${versions[0]}`);
  });

  test.each([
    ['a flag that does not exist', '--no-such-flag', /no-such-flag/],
    ['a boolean that is none', '--cluster-init=maybe', /cluster-init/],
    ['a number that is none', '--https-listen-port=many', /https-listen-port/],
    ['a token file that is not there', '--token= --token-file=/does/not/exist', /\/does\/not\/exist/],
    ['an address that is none', '--node-ip=ten', /ten/],
    ['a network that is none', '--cluster-cidr=ten', /ten/],
  ])('%s is refused', async (_, words, reason) => {
    expect(await refused('hetzner1', words)).toMatch(reason);
  });

  test.each([
    ['a key that does not exist', 'node-nmae: x', /Unknown flag --node-nmae found in config.yaml/],
    ['text that is not YAML', 'tls-san: [a', /yaml|config/i],
    ['a boolean that is none', 'cluster-init: maybe', /cluster-init/],
  ])('config.yaml: %s is refused', async (_, content, reason) => {
    await first().writeFile('/root/bad.yaml', content, 0o600);
    // A genuine k3s only warns of an unknown key, and then fails here because it must not initialise anything.
    const words = '--config /root/bad.yaml --data-dir /root/nowhere --server https://127.0.0.1:1 --token x';
    expect(await refused('hetzner1', words)).toMatch(reason);
  });
});

describe('the first server', () => {
  test('systemd hears of readiness only when the API serves', async () => {
    await first().must('mkdir -p /etc/rancher/k3s/config.yaml.d');
    await first().writeFile('/etc/rancher/k3s/config.yaml.d/10.yaml', 'node-label+: [lab/two=2]\n', 0o600);
    const flags = 'K3S_LAB_FLAGS=--write-kubeconfig-mode=0600\n';
    await first().writeFile('/etc/systemd/system/k3s.service.env', flags, 0o600);
    await startServer(first());
    expect(await kubectl('hetzner1', 'get --raw /readyz')).toBe('ok');
    await waitForVoters(first(), [first()]);
  });

  test('config.yaml.d comes after config.yaml, key+ appends, the command line wins, arguments are passed through', async () => {
    const node = JSON.parse(await kubectl('hetzner1', `get node ${first().hostname} -o json`));
    expect(node.metadata.labels).toMatchObject({ 'lab/one': '1', 'lab/two': '2' });
    expect(node.status.capacity.pods).toBe('77');
    expect(await first().must('stat -c %a /etc/rancher/k3s/k3s.yaml')).toBe('600\n');
    const addresses = Object.fromEntries(
      node.status.addresses.map((each: { type: string; address: string }) => [each.type, each.address]),
    );
    expect(addresses).toMatchObject({ InternalIP: first().privateIPv4, ExternalIP: first().publicIPv4 });
  });

  test('kubeconfig: a client certificate for https://127.0.0.1:6443, everything named default', async () => {
    const text = await first().must('cat /etc/rancher/k3s/k3s.yaml');
    expect(text).toMatch(/server: https:\/\/127\.0\.0\.1:6443/);
    expect(text).toMatch(/client-certificate-data/);
    expect(text).toMatch(/current-context: default/);
  });

  test('tokens: files of mode 0600 that name the CA which port 6443 shows', async () => {
    fullToken = (await first().must(`cat ${SERVER}/token`)).trim();
    const ca = await first().must('curl -fsSk https://127.0.0.1:6443/cacerts | sha256sum | cut -d" " -f1');
    expect(fullToken).toBe(`K10${ca.trim()}::server:${TOKEN}`);
    expect(await first().must(`stat -c %a ${SERVER}/token`)).toBe('600\n');
    const strangers = await first().must(
      'curl -sk -o /dev/null -w %{http_code} https://127.0.0.1:6443/v1-k3s/server-bootstrap',
    );
    expect(['401', '403']).toContain(strangers);
  });

  test('the certificate of 6443 has the names that were given', async () => {
    const names = await first().must(
      'openssl s_client -connect 127.0.0.1:6443 </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName',
    );
    for (const name of ['kubernetes.default.svc', '10.43.0.1', '127.0.0.1', '10.0.0.2', '203.0.113.11'])
      expect(names).toContain(name);
  });

  test('only 6443, 2379, 2380 and 10250 listen beyond loopback', async () => {
    const lines = await first().must(
      "ss -Hltn | awk '{print $4}' | grep -Ev '^(127\\.|\\[::1\\])' | sed 's/.*://' | sort -nu",
    );
    expect(
      lines
        .trim()
        .split('\n')
        .filter((port) => !['22', '53', '5355'].includes(port)),
    ).toEqual(['2379', '2380', '6443', '10250']);
  });

  test('Pod Security refuses a privileged pod; the audit log tells of it', async () => {
    const { exitCode, stderr } = await first().exec('k3s kubectl apply -f -', { input: PRIVILEGED_POD });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/violates PodSecurity "restricted/);
    const audited = async () =>
      (await first().must(`grep -c '"name":"privileged"' ${SERVER}/logs/audit.log; true`)).trim() !== '0';
    await waitFor('the audit log', audited, { timeoutMs: 10_000 });
  });

  test('Secrets are encrypted in etcd, and the command says so', async () => {
    await kubectl('hetzner1', 'create secret generic one --from-literal=key=in-clear-text');
    expect(await first().must('k3s secrets-encrypt status')).toMatch(
      /Encryption Status: Enabled[\s\S]*All hashes match[\s\S]*AES-CBC/,
    );
    await first().must('k3s etcd-snapshot save --name look');
    const content = await first().must(
      `cat ${SERVER}/db/snapshots/look-* | tr -d '\\0' | grep -a -o -E 'in-clear-text|k8s:enc:aescbc' | sort -u`,
    );
    expect(content).toBe('k8s:enc:aescbc\n');
  });

  test('certificates have a year, CAs ten', async () => {
    const table = await first().must('k3s certificate check --output table');
    expect(table).toMatch(/FILENAME\s+SUBJECT\s+USAGES\s+EXPIRES\s+RESIDUAL TIME\s+STATUS/);
    expect(table).not.toMatch(/WARNING|EXPIRED/);
  });

  test('packaged components: CoreDNS answers, local-path binds a claim, what is disabled is absent', async () => {
    await kubectl(
      'hetzner1',
      '-n kube-system rollout status deploy/coredns deploy/local-path-provisioner --timeout=80s',
    );
    expect(
      await first().must(`python3 - 10.43.0.10 kubernetes.default.svc.cluster.local`, { input: DNS_QUERY }),
    ).toBe('10.43.0.1\n');
    const image = await kubectl(
      'hetzner1',
      "-n kube-system get deploy coredns -o jsonpath='{.spec.template.spec.containers[0].image}'",
    );
    await kubectl('hetzner1', 'apply -f -', claimFor(image));
    await kubectl(
      'hetzner1',
      "-n kube-system wait pvc/data --for=jsonpath='{.status.phase}'=Bound --timeout=60s",
    );
    await kubectl('hetzner1', '-n kube-system delete pod/data pvc/data --timeout=60s');
    expect(await kubectl('hetzner1', 'get deploy,ds -A -o name')).not.toMatch(/traefik|svclb/);
  });

  test('pods outlive a restart', async () => {
    const pods = () => first().must('pgrep -a coredns; pgrep containerd-shim | sort');
    const before = await pods();
    expect(before).toMatch(/coredns/);
    await startServer(first());
    expect(await pods()).toBe(before);
  });
});

describe('joining', () => {
  const join = '10.0.0.2';

  test.each([
    ['a wrong password', () => `--token=wrong`, /not authorized|401|failed to validate token/i],
    [
      'a token that names another CA',
      () => `--token=K10${'0'.repeat(64)}::server:${TOKEN}`,
      /CA hash does not match/,
    ],
    ['a setting that differs', () => '--cluster-cidr=10.99.0.0/16', /critical configuration.*mismatch/i],
    ['encryption left out', () => '--secrets-encryption=false', /critical configuration.*mismatch/i],
  ])('%s is refused', async (_, words, reason) => {
    await setUp('hetzner2', { join, token: fullToken });
    expect(await refused('hetzner2', words())).toMatch(reason);
  });

  test('while another learner waits the join is refused, and succeeds afterwards', async () => {
    await setUp('hetzner2', { join, token: fullToken });
    const added = JSON.parse(
      await etcd('cluster/member/add', { peerURLs: ['https://10.0.0.99:2380'], isLearner: true }),
    );
    await second().must('systemctl start --no-block k3s');
    const log = () => second().must('journalctl -u k3s -o cat');
    await waitFor('the refusal', async () => (await log()).includes('too many learner members'), {
      timeoutMs: 60_000,
    });
    await etcd('cluster/member/remove', { ID: added.member.ID });
    await waitForVoters(first(), [first(), second()]);
  });

  test('a third server joins through the second, with the short token', async () => {
    await setUp('hetzner3', { join: '10.0.0.3' });
    await startServer(third());
    await waitForVoters(third(), all());
  });

  test('VXLAN: a server reaches pods on the others', async () => {
    await kubectl('hetzner1', '-n kube-system scale deploy/coredns --replicas=3');
    await kubectl('hetzner1', '-n kube-system rollout status deploy/coredns --timeout=80s');
    const pods = (
      await kubectl(
        'hetzner1',
        "-n kube-system get pods -l k8s-app=kube-dns -o jsonpath='{.items[*].status.podIP}'",
      )
    ).split(' ');
    expect(new Set(pods.map((ip) => ip.split('.')[2])).size).toBe(3);
    for (const ip of pods)
      expect(
        await first().must(`python3 - ${ip} kubernetes.default.svc.cluster.local`, { input: DNS_QUERY }),
      ).toBe('10.43.0.1\n');
  });
});

describe('high availability', () => {
  test('without one server the API answers on the others; it comes back by itself', async () => {
    await third().powerOff();
    const answers = async () =>
      (await second().exec('k3s kubectl get --raw /readyz', { timeoutMs: 5_000 })).stdout === 'ok';
    await waitFor('the API on the second server', answers, { timeoutMs: 30_000 });
    const gone = async () => !(await votersSeenBy(first())).includes(third().hostname);
    await waitFor('the third to be missed', gone, { timeoutMs: 90_000 });
    await third().boot();
    await waitForVoters(first(), all());
  });

  test('the annotation removes a member; its node is deleted; it joins again as another member', async () => {
    const name = third().hostname;
    await kubectl('hetzner1', `annotate node ${name} etcd.k3s.cattle.io/remove=true`);
    const removed = () =>
      kubectl(
        'hetzner1',
        `get node ${name} -o jsonpath='{.metadata.annotations.etcd\\.k3s\\.cattle\\.io/removed-node-name}'`,
      );
    const member = await waitFor('the member to be removed', async () => (await removed()) || undefined, {
      timeoutMs: 60_000,
    });
    await third().must(`systemctl stop k3s; rm -rf ${SERVER}/db`);
    await kubectl('hetzner1', `delete node ${name} --timeout=60s`);
    const secret = await first().exec(`k3s kubectl -n kube-system get secret ${name}.node-password.k3s`);
    expect(secret.stderr).toMatch(/NotFound/);
    await startServer(third());
    await waitForVoters(first(), all());
    const again = await kubectl(
      'hetzner1',
      `get node ${name} -o jsonpath='{.metadata.annotations.etcd\\.k3s\\.cattle\\.io/node-name}'`,
    );
    expect(again).toMatch(new RegExp(`^${name}-`));
    expect(again).not.toBe(member);
  });

  test('an upgrade, server by server', async () => {
    const [, newer] = versions;
    if (newer === undefined) return; // a genuine binary is one release
    for (const each of all()) {
      await installBinary(each, newer);
      await startServer(each);
      await waitForVoters(each, all());
    }
    const seen = await kubectl(
      'hetzner1',
      "get nodes -o jsonpath='{.items[*].status.nodeInfo.kubeletVersion}'",
    );
    expect(new Set(seen.split(' '))).toEqual(new Set([newer]));
  });
});

describe('snapshots', () => {
  let snapshot = '';

  test('save, ls, delete', async () => {
    await first().must('k3s etcd-snapshot save --name kept; k3s etcd-snapshot save --name dropped');
    const list = async () =>
      (await first().must('k3s etcd-snapshot ls')).split('\n').map((line) => line.split(/\s+/)[0] ?? '');
    const dropped = (await list()).find((name) => name.startsWith('dropped-')) ?? '';
    await first().must(`k3s etcd-snapshot delete ${dropped}`);
    const left = await list();
    expect(left).not.toContain(dropped);
    snapshot = left.find((name) => name.startsWith(`kept-${first().hostname}-`)) ?? '';
    expect(await first().must(`stat -c %a ${SERVER}/db/snapshots/${snapshot}`)).toBe('600\n');
  });

  test('after the loss of all disks the token and a snapshot bring everything back', async () => {
    await kubectl('hetzner1', 'create configmap late');
    const saved = await first().must(`base64 -w0 ${SERVER}/db/snapshots/${snapshot}`);
    await Promise.all(all().map((each) => each.must('systemctl stop k3s; systemctl disable -q k3s; true')));
    await Promise.all(all().map((each) => each.reboot()));
    await Promise.all(
      all().map((each) => each.must('find /var/lib/rancher -mindepth 1 -delete; rm -rf /etc/rancher')),
    );
    for (const [alias, join] of [
      ['hetzner1', undefined],
      ['hetzner2', '10.0.0.2'],
      ['hetzner3', '10.0.0.2'],
    ] as const)
      await setUp(alias, { version: versions.at(-1) ?? NEWEST, ...(join === undefined ? {} : { join }) });
    await first().must('base64 -d > /root/snapshot', { input: saved });
    const reset = '--cluster-reset --cluster-reset-restore-path=/root/snapshot';
    expect(await refused('hetzner1', '--cluster-reset --cluster-reset-restore-path=/root/none')).toMatch(
      /does not exist/,
    );
    expect(await refused('hetzner1', `--token=other ${reset}`)).toMatch(/token/);
    expect(await first().must(`timeout 60 k3s server ${reset} 2>&1`, { timeoutMs: 70_000 })).toMatch(
      /membership has been reset/,
    );
    expect(await refused('hetzner1', reset)).toMatch(/reset-flag/);
    await startServer(first());
    expect((await first().must(`cat ${SERVER}/token`)).trim()).toBe(fullToken);
    expect(await kubectl('hetzner1', "get secret one -o jsonpath='{.data.key}' | base64 -d")).toBe(
      'in-clear-text',
    );
    expect((await first().exec('k3s kubectl get configmap late')).stderr).toMatch(/NotFound/);
    for (const each of [second(), third()]) {
      await startServer(each);
      await waitFor(
        `${each.alias} to vote`,
        async () => (await votersSeenBy(first())).includes(each.hostname),
        { timeoutMs: 90_000 },
      );
    }
    await waitForVoters(third(), all());
  });
});
