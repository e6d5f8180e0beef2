import { PRODUCTION_HOSTS, waitFor } from '../lab.ts';
import { withHosts } from '../testing/scenario.ts';
import {
  askForApi,
  coreDnsReady,
  first,
  kubectl,
  refused,
  SERVER,
  servedVersions,
  setUp,
  TOKEN,
  withReleases,
} from './contract.ts';
import { claimFor, PRIVILEGED_POD } from './fixtures.ts';
import { startServer, waitForVoters } from './server.ts';

// k3s's contract, point by point: what one server does.

withHosts(PRODUCTION_HOSTS.slice(0, 1));
withReleases();

describe('command line and files', () => {
  // As production: metrics-server stays.
  beforeAll(() => setUp('hetzner1', { config: { disable: ['traefik', 'servicelb'] } }));

  test('a release is fetched with its checksum and tells its version', async () => {
    const said = await first().must('k3s --version');
    expect(said).toContain(`k3s version ${servedVersions()[0]}`);
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
    const fullToken = (await first().must(`cat ${SERVER}/token`)).trim();
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
    await coreDnsReady();
    expect(await askForApi('10.43.0.10')).toBe('10.43.0.1');
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

  test('metrics-server tells what nodes and pods use', async () => {
    const top = () => first().must('k3s kubectl top node --no-headers && k3s kubectl top pod -n kube-system');
    const said = await waitFor('the first measurements', top, { timeoutMs: 120_000, intervalMs: 1_000 });
    expect(said).toMatch(new RegExp(`^${first().hostname} +\\d+m +\\d+% +\\d+Mi`));
    expect(said).toMatch(/^coredns-\S+ +\d+m +\d+Mi/m);
  });

  test('pods outlive a restart', async () => {
    const pods = () => first().must('pgrep -a coredns; pgrep containerd-shim | sort');
    const before = await pods();
    expect(before).toMatch(/coredns/);
    await startServer(first());
    expect(await pods()).toBe(before);
  });
});
