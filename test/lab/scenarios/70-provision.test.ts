import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { edgePorts } from '../../../config/edge.ts';
import { loadCluster } from '../../../config/load.ts';
import type { Cluster, Node } from '../../../config/schema.ts';
import { cloudControl, startCloudEmulator, stopCloudEmulator } from '../cloud/index.ts';
import { startSurroundings } from '../cluster.ts';
import { must } from '../core/process.ts';
import { from, fromHost, host, hosts, runDir, waitFor } from '../lab.ts';
import { ROUTER_NAMESPACE } from '../network/topology.ts';
import { asOperator } from '../operator/operator.ts';
import { expectedMatrix, fate, measuredMatrix } from '../provision/matrix.ts';
import { formsOf, watchProcesses } from '../provision/secrets-hunt.ts';
import { stateOf } from '../provision/state.ts';
import { originCertificate } from '../provision/tls.ts';
import { createWorkspace, type Workspace } from '../provision/workspace.ts';
import { kubectlOn, NAMESPACE, namespaceManifest, probeManifests, probes, yamlOf } from '../testing/pods.ts';

// One command from a token, a prod.env and nothing else to a site that answers, and what may be trusted afterwards.

let site: Workspace;
const aliases = ['hetzner1', 'hetzner2', 'hetzner3'];
const cluster = (): Cluster => loadCluster(site.config);
const first = (): Node => {
  const [node] = cluster().nodes;
  if (node === undefined) throw new Error('cluster.yaml has no node');
  return node;
};

beforeAll(async () => {
  await startSurroundings();
  await startCloudEmulator();
  site = await createWorkspace({ provider: 'hetzner' });
}, 120_000);

afterAll(async () => {
  await stopCloudEmulator();
  await Promise.all(hosts().map((left) => left.destroy()));
});

/** One row a step, for people and for the docs. */
function printSteps(title: string, steps: readonly { step: string; ms: number; changes: unknown[] }[]): void {
  const rows = steps.map(
    ({ step, ms, changes }) =>
      `  ${step.padEnd(11)} ${(ms / 1000).toFixed(1).padStart(6)} s  ${changes.length} changes`,
  );
  const total = steps.reduce((sum, { ms }) => sum + ms, 0);
  process.stderr.write(`\n${title}: ${(total / 1000).toFixed(1)} s\n${rows.join('\n')}\n`);
}

describe('from nothing', () => {
  test('a dry run tells what would be made, and makes nothing', async () => {
    const dry = await site.run('provision', ['--dry-run']);
    expect(dry.stdout).toMatch(/create\s+Hetzner\s+server ubuntu-8gb-nbg1-2/);
    expect(dry.stdout).toMatch(/changes planned, none made\./);
    expect(dry.exitCode).toBe(0);
    expect((await cloudControl().state()).servers).toEqual([]);
    expect(readFileSync(site.config, 'utf8')).not.toContain('publicIPv4');
  });

  test('one command ends with a verified site; no secret shows in any list of processes', async () => {
    const watch = watchProcesses(Object.values(site.secrets));
    const run = await site.run('provision', ['--yes', '--json']);
    const { found, looks } = await watch.end();
    if (run.exitCode !== 0) throw new Error(run.stderr.slice(-4000));
    const { ok, steps } = JSON.parse(run.stdout);
    printSteps('From nothing to verified', steps);
    expect(ok).toBe(true);
    expect(found).toEqual([]);
    expect(looks).toBeGreaterThan(50);
    expect(run.stderr).not.toContain('canary-');
  }, 900_000);

  test('the same command again reports nothing to do, and touches nothing', async () => {
    const before = await stateOf(aliases);
    const run = await site.run('provision', ['--yes', '--json']);
    const { steps } = JSON.parse(run.stdout) as { steps: { step: string; ms: number; changes: unknown[] }[] };
    printSteps('A run with nothing to do', steps);
    expect(steps.flatMap(({ changes }) => changes)).toEqual([]);
    expect(await stateOf(aliases)).toEqual(before);
  }, 200_000);
});

/** What a careless hand could make in a namespace without a quota. */
const nodePortService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'node-port', namespace: NAMESPACE },
  spec: {
    type: 'NodePort',
    selector: { app: 'probe' },
    ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }],
  },
};

describe('the firewall, by packets', () => {
  const onFirst = (command: string, input = '') => kubectlOn(host('hetzner1'), command, input);

  test('from every place to every port of a host, by both families: what cluster.yaml says', async () => {
    expect(await measuredMatrix(cluster(), first())).toEqual(expectedMatrix(cluster(), first()));
  });

  test('nobody outside reaches pods, Services or node ports by routing them to a host', async () => {
    await onFirst('apply -f -', yamlOf([namespaceManifest]));
    const account = async () =>
      (await onFirst(`-n ${NAMESPACE} get serviceaccounts -o name`)).includes('default');
    await waitFor('the default service account', account, { timeoutMs: 30_000 });
    await onFirst('apply -f -', yamlOf(probeManifests()));
    await onFirst(`-n ${NAMESPACE} rollout status ds/probe --timeout=90s`);
    await onFirst('apply -f -', yamlOf([nodePortService]));
    const placed = await probes(host('hetzner1'));
    const here = placed.find(({ node }) => node === first().hostname);
    const ip = await onFirst(`-n ${NAMESPACE} get service probe -o jsonpath='{.spec.clusterIP}'`);
    const api = await onFirst(`-n honeydue get service api -o jsonpath='{.spec.clusterIP}'`);
    const routes = ['10.42.0.0/16', '10.43.0.0/16'];
    // As a bad neighbour on the private network, and as a provider's router that was told a wrong way, would send them.
    for (const net of routes) {
      await from('neighbour').exec(`ip route replace ${net} via ${first().privateIPv4}`);
      await must(['ip', '-n', ROUTER_NAMESPACE, 'route', 'replace', net, 'via', first().publicIPv4 ?? '']);
    }
    const inner = [
      { address: here?.ip ?? '', port: 8080 },
      { address: ip, port: 80 },
      { address: api, port: 8000 },
    ];
    const nodePort = (address = '') => ({ address, port: 30080 });
    const tries = [
      ['neighbour', [...inner, nodePort(first().privateIPv4)]],
      ['internet', [...inner, nodePort(first().publicIPv4), nodePort(first().publicIPv6)]],
      ['edge', [...inner, nodePort(first().publicIPv4), nodePort(first().publicIPv6)]],
    ] as const;
    for (const [place, targets] of tries) {
      const outcomes = await from(place).connectAll(targets);
      expect([place, ...outcomes]).toEqual([place, ...targets.map(() => 'timeout')]);
    }
    for (const net of routes) await must(['ip', '-n', ROUTER_NAMESPACE, 'route', 'del', net]);
    // The same targets do answer inside: the silence above is the firewall's.
    const inside = await host('hetzner1').must(
      `curl -s -m 5 http://${here?.ip}:8080 && curl -s -m 5 http://${ip}`,
    );
    expect(inside).toMatch(/saw[\s\S]*saw/);
  });

  test("a pod passes as its node, and still reaches no other node's etcd, ssh or edge", async () => {
    const [peer] = cluster().nodes.slice(1);
    const placed = await probes(host('hetzner1'));
    const pod = placed.find(({ node }) => node === first().hostname);
    if (!peer || !pod) throw new Error('no peer or pod');
    const to = peer.privateIPv4 ?? '';
    const ports = [22, 80, 2379, 2380, 6443, 8000, 9100, 10250];
    const tried = await Promise.all(
      ports.map(async (port) => {
        const command = `k3s kubectl -n ${NAMESPACE} exec ${pod.name} -- probe tcp ${to}:${port}`;
        const { exitCode, stderr } = await host('hetzner1').exec(command, { timeoutMs: 20_000 });
        return [port, exitCode === 0 || /refused/.test(stderr) ? 'passes' : 'dropped'];
      }),
    );
    const leaving = (port: number) =>
      fate(cluster(), first(), { in: 'cni0', out: 'enp7s0', from: pod.ip, to, protocol: 'tcp', port });
    const arriving = (port: number) =>
      fate(cluster(), peer, { in: 'enp7s0', from: first().privateIPv4 ?? '', to, protocol: 'tcp', port });
    expect(tried).toEqual(
      ports.map((port) => [
        port,
        leaving(port) === 'passes' && arriving(port) === 'passes' ? 'passes' : 'dropped',
      ]),
    );
    expect(Object.fromEntries(tried)).toMatchObject({
      22: 'dropped',
      2379: 'dropped',
      2380: 'dropped',
      6443: 'passes',
    });
  });

  // Silence says nothing over UDP: what the firewall lets in, the kernel keeps track of, and what it drops not.
  test('the pod network listens to peers only', async () => {
    const tracked = async (source: string) =>
      (
        await host('hetzner1').must(
          `conntrack -L -p udp --orig-src ${source} --orig-port-dst 8472 2>/dev/null || true`,
        )
      ).trim();
    const ways = [
      ['internet', '192.0.2.200', '203.0.113.11'],
      ['edge', '198.51.100.10', '203.0.113.11'],
      ['operator', '192.0.2.10', '203.0.113.11'],
      ['neighbour', '10.0.0.200', '10.0.0.2'],
    ] as const;
    for (const [place, source, address] of ways) {
      await from(place).exec(`echo lab > /dev/udp/${address}/8472`);
      expect([place, await tracked(source)]).toEqual([place, '']);
    }
    await fromHost('hetzner2').exec('echo lab > /dev/udp/10.0.0.2/8472');
    expect(await tracked('10.0.0.3')).toMatch(/dport=8472/);
  });
});

describe('sshd', () => {
  const ssh = (options: string, who: string) =>
    asOperator([
      'bash',
      '-c',
      `ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5 ${options} ${who}@203.0.113.11 true`,
    ]);

  test('lets in deploy with the key, and nobody else in any way', async () => {
    expect((await ssh('', 'deploy')).exitCode).toBe(0);
    for (const who of ['root', 'ubuntu', 'nobody'])
      expect((await ssh('', who)).stderr).toMatch(/Permission denied \(publickey\)/);
    const password = '-o PubkeyAuthentication=no -o PreferredAuthentications=password,keyboard-interactive';
    expect((await ssh(password, 'deploy')).stderr).toMatch(/Permission denied \(publickey\)/);
  });

  test.each([
    '-o KexAlgorithms=diffie-hellman-group14-sha256',
    '-o Ciphers=aes128-cbc',
    '-o MACs=hmac-sha2-256 -o Ciphers=aes128-ctr',
    '-o HostKeyAlgorithms=ecdsa-sha2-nistp256',
  ])('does not offer %s', async (weak) => {
    expect((await ssh(weak, 'deploy')).stderr).toMatch(/no matching|Unable to negotiate/);
  });
});

describe('the site', () => {
  const addresses = () =>
    cluster().nodes.flatMap(({ publicIPv4 = '', publicIPv6 = '' }) => [publicIPv4, `[${publicIPv6}]`]);
  const ask = async (address: string, name: string, path: string, more = '') => {
    const format = '%{http_code}';
    const { stdout } = await from('edge').exec(
      `curl -gs -m 10 -o /dev/null -w '${format}' ${more} -H 'Host: ${name}' 'http://${address}${path}'`,
    );
    return stdout;
  };

  test('each domain answers through each node and family; unknown names and /metrics do not', async () => {
    const { domains } = cluster();
    for (const address of addresses()) {
      const answers = await Promise.all([
        ask(address, domains.api, '/api/health/'),
        ask(address, domains.admin, '/'),
        ask(address, domains.apex, '/'),
        ask(address, 'unknown.example', '/'),
        ask(address, domains.api, '/metrics'),
        ask(address, domains.api, '/metrics/legacy'),
      ]);
      expect([address, ...answers]).toEqual([address, '200', '200', '200', '404', '404', '404']);
    }
  });

  test('headers protect, and the client address comes from the edge alone', async () => {
    const { domains } = cluster();
    const curl = `curl -s -m 10 -D - -H 'Host: ${domains.api}' -H 'X-Forwarded-For: 198.18.0.7' -H 'X-Forwarded-Proto: https'`;
    const edge = (await from('edge').exec(`${curl} http://203.0.113.11/lab/echo`)).stdout;
    expect(edge.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(edge).toContain('198.18.0.7');
    // From anywhere else nothing comes through to be believed.
    const stranger = await from('internet').exec(`${curl} http://203.0.113.11/lab/echo`);
    expect(stranger.stdout).toBe('');
  });

  test('one client that asks too much is told so', async () => {
    const { domains } = cluster();
    // More at once than edge.rateLimit.burst lets through, over connections that stay open as Cloudflare's do.
    const burst = `curl -s --parallel --parallel-max 50 -m 30 -o /dev/null -w '%{http_code}\\n' -H 'Host: ${domains.api}' -H 'X-Forwarded-For: 198.18.9.9' 'http://203.0.113.11/api/health/?[1-600]' | sort | uniq -c`;
    expect((await from('edge').exec(burst, { timeoutMs: 60_000 })).stdout).toMatch(/ 429/);
  });

  test('samples and spans arrive with the token of prod.env', async () => {
    const token = site.secrets.OBS_INGEST_TOKEN ?? '';
    await from('services').exec(
      `curl -sS -X PUT -d '${JSON.stringify([token])}' http://127.0.0.1:4318/lab/tokens`,
    );
    const arrived = async () => {
      const { stdout } = await from('services').exec('curl -s http://127.0.0.1:4318/lab/summary');
      if (!/"samples":\s*[1-9]/.test(stdout)) throw new Error(stdout);
      return true;
    };
    await waitFor('samples at the observability host', arrived, { timeoutMs: 90_000, intervalMs: 1_000 });
  }, 120_000);
});

describe('secrets', () => {
  test('are in the pods that read them', async () => {
    const env = await host('hetzner1').must(
      `k3s kubectl -n honeydue exec deploy/vmagent -- cat /etc/vmagent/token 2>/dev/null || k3s kubectl -n honeydue get secret honeydue-secrets -o jsonpath='{.data.OBS_INGEST_TOKEN}' | base64 -d`,
    );
    expect(env).toContain(site.secrets.OBS_INGEST_TOKEN);
    const api = await host('hetzner1').must(
      `k3s kubectl -n honeydue get secret honeydue-secrets -o jsonpath='{.data.POSTGRES_PASSWORD}' | base64 -d`,
    );
    expect(api).toBe(site.secrets.POSTGRES_PASSWORD);
  });

  test('are in no file of the operator but prod.env, in no world-readable file, annotation, event or log', async () => {
    const forms = Object.entries(site.secrets)
      .filter(([, value]) => value.includes('canary-') || value.includes('PRIVATE KEY'))
      .flatMap(([, value]) => formsOf(value));
    const patterns = join(runDir(), 'patterns');
    writeFileSync(patterns, forms.join('\n'), { mode: 0o600 });
    try {
      const local = await asOperator([
        'grep',
        '-rlF',
        '--exclude=prod.env',
        '-f',
        patterns,
        join(runDir(), 'operator'),
      ]);
      expect(local.stdout).toBe('');
      for (const { alias } of hosts()) {
        // What others than root can read; the pods' own files are below /var/lib/kubelet, which they cannot.
        const command = `cat > /root/patterns; chmod 600 /root/patterns
          find / -xdev -type f -perm -o=r ! -path '/proc/*' ! -path '/sys/*' ! -path '/var/lib/kubelet/*' ! -path '/var/lib/containerd/*' ! -path '/var/lib/rancher/*' -size -20M -print0 | xargs -0 grep -lF -f /root/patterns
          grep -rlF -f /root/patterns /var/log /var/lib/rancher/k3s/server/logs /root/.bash_history /home/deploy 2>/dev/null
          journalctl --no-pager | grep -cF -f /root/patterns; rm /root/patterns`;
        expect([
          alias,
          (await host(alias).exec(command, { input: forms.join('\n'), timeoutMs: 120_000 })).stdout,
        ]).toEqual([alias, '0\n']);
      }
    } finally {
      rmSync(patterns);
    }
    const text = await kubectlOn(
      host('hetzner1'),
      'get events,configmaps,deployments,statefulsets,daemonsets,pods -A -o yaml',
    );
    const annotations = await kubectlOn(
      host('hetzner1'),
      `get secrets -A -o jsonpath='{.items[*].metadata.annotations}'`,
    );
    expect(forms.filter((form) => text.includes(form) || annotations.includes(form))).toEqual([]);
  }, 400_000);

  test('applying dist/ by kubectl, client-side and server-side, twice, changes no value', async () => {
    const versions = () =>
      kubectlOn(
        host('hetzner1'),
        `get secrets -n honeydue -o jsonpath='{range .items[*]}{.metadata.name} {.data}{"\\n"}{end}'`,
      );
    const before = await versions();
    const files = [
      '00-cluster',
      '10-traefik',
      '20-config',
      '21-secrets',
      '30-redis',
      '40-api',
      '41-worker',
      '42-admin',
      '50-vmagent',
    ];
    const text = files
      .map((file) => readFileSync(join(site.folder, 'dist', `${file}.k8s.yaml`), 'utf8'))
      .join('---\n');
    for (const how of [
      '--server-side --field-manager=honeydue',
      '',
      '',
      '--server-side --field-manager=honeydue --force-conflicts',
    ]) {
      await kubectlOn(host('hetzner1'), `apply ${how} -f -`, text);
      expect(await versions()).toBe(before);
    }
  }, 200_000);
});

describe('the operator afterwards', () => {
  test('has a kubeconfig that works through each server, and no other user can read it', async () => {
    const file = join(runDir(), 'operator', '.kube', 'honeydue-k3s.yaml');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const context of ['honeydue', ...aliases.map((alias) => `honeydue-${alias}`)]) {
      const command = ['kubectl', '--kubeconfig', file, '--context', context, 'get', 'nodes', '-o', 'name'];
      const { stdout, stderr } = await asOperator(command);
      expect([context, stdout.trim().split('\n').length, stderr]).toEqual([context, 3, '']);
    }
  });

  test('asks whether all is right, and is shown the evidence', async () => {
    const verify = await site.run('verify');
    if (verify.exitCode !== 0) throw new Error(`${verify.stdout}${verify.stderr}`);
    process.stderr.write(`\n${verify.stdout}\n`);
    const { exitCode, stdout } = await site.run('verify', ['--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  }, 120_000);
});

describe('a host that has drifted', () => {
  test('is seen by a dry run, and mended by a run', async () => {
    await host('hetzner1').must(
      'ufw delete allow from 10.0.0.3 to 10.0.0.2 port 6443 proto tcp comment "honeydue: kubernetes api from hetzner2"',
    );
    await host('hetzner2').must(
      'systemctl stop fail2ban; echo "# by hand" >> /etc/systemd/journald.conf.d/honeydue.conf',
    );
    await host('hetzner3').must(
      'sysctl -qw net.ipv4.ip_unprivileged_port_start=1024; iptables -D ufw-user-input 2',
    );
    const dry = await site.run('provision', ['--dry-run', '--only', 'hosts,firewall,k3s']);
    expect(dry.stdout).toMatch(/change\s+hetzner1\s+firewall rules/);
    expect(dry.stdout).toMatch(/start\s+hetzner2\s+fail2ban\.service/);
    expect(dry.stdout).toMatch(/change\s+hetzner2\s+file \/etc\/systemd\/journald/);
    expect(dry.stdout).toMatch(/change\s+hetzner3\s+sysctl/);
    expect(dry.stdout).toMatch(/restart\s+hetzner3\s+firewall/);
    const verify = await site.run('verify');
    expect(verify.exitCode).toBe(1);
    expect(verify.stdout).toMatch(/failed\s+.*hetzner1/);
    expect((await site.run('provision', ['--yes'])).exitCode).toBe(0);
    expect((await site.run('provision', ['--yes'])).stdout).toMatch(/Nothing to do/);
  }, 200_000);
});

describe('a change that would lock us out', () => {
  test('of the firewall is undone by the host itself, even when the operator is gone', async () => {
    const { ssh } = cluster().firewall;
    await site.edit((set) => set(['firewall', 'ssh'], ['192.0.2.128/25']));
    const run = await site.start('provision', ['--yes', '--only', 'firewall']);
    await waitFor('the proof', () => run.printed().includes('proving that one can still log in'), {
      timeoutMs: 60_000,
    });
    await run.kill();
    expect(await from('operator').connect('203.0.113.11', 22)).toBe('timeout');
    const back = async () => (await from('operator').connect('203.0.113.11', 22)) === 'open';
    await waitFor('the host to undo it', back, { timeoutMs: 120_000, intervalMs: 1_000 });
    await site.edit((set) => set(['firewall', 'ssh'], ssh));
    expect((await site.run('provision', ['--yes', '--only', 'firewall'])).exitCode).toBe(0);
  }, 300_000);

  test('of sshd is refused when its configuration does not hold, and undone', async () => {
    await host('hetzner2').must(
      `echo 'NoSuchSetting yes' > /etc/ssh/sshd_config.d/50-by-hand.conf; echo '# by hand' >> /etc/ssh/sshd_config.d/00-honeydue.conf`,
    );
    const run = await site.run('provision', ['--yes', '--only', 'hosts']);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/hetzner2: sshd -t failed[\s\S]*NoSuchSetting/);
    expect(await host('hetzner2').must('tail -1 /etc/ssh/sshd_config.d/00-honeydue.conf')).toBe(
      '# by hand\n',
    );
    await host('hetzner2').must('rm /etc/ssh/sshd_config.d/50-by-hand.conf');
    expect((await site.run('provision', ['--yes', '--only', 'hosts'])).exitCode).toBe(0);
  }, 200_000);
});

describe('edge.tls strict', () => {
  test('443 with the origin certificate instead of 80, by the same command', async () => {
    const { apex } = cluster().domains;
    const { cert, key } = originCertificate([apex, `*.${apex}`]);
    site.setSecrets({ CLOUDFLARE_ORIGIN_CERT: cert, CLOUDFLARE_ORIGIN_KEY: key });
    await site.edit((set) => set(['edge', 'tls'], 'strict'));
    const run = await site.run('provision', ['--yes']);
    if (run.exitCode !== 0) throw new Error(run.stderr.slice(-3000));
    expect(edgePorts(cluster()).map(({ port }) => port)).toEqual([443]);
    expect(await measuredMatrix(cluster(), first())).toEqual(expectedMatrix(cluster(), first()));
    const { api } = cluster().domains;
    for (const { publicIPv4 = '' } of cluster().nodes) {
      const curl = `curl -sk -m 10 -o /dev/null -w '%{http_code}' --resolve ${api}:443:${publicIPv4} https://${api}/api/health/`;
      expect((await from('edge').exec(curl)).stdout).toBe('200');
    }
  }, 400_000);
});
