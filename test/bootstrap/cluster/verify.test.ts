import type { KubeObject } from '../../../bootstrap/src/cluster/object.ts';
import { checkCluster } from '../../../bootstrap/src/cluster/verify/checks-cluster.ts';
import { checkDrift } from '../../../bootstrap/src/cluster/verify/checks-drift.ts';
import { checkEdge } from '../../../bootstrap/src/cluster/verify/checks-edge.ts';
import { checkHosts } from '../../../bootstrap/src/cluster/verify/checks-hosts.ts';
import { checkServers } from '../../../bootstrap/src/cluster/verify/checks-server.ts';
import { portRules } from '../../../bootstrap/src/cluster/verify/ports.ts';
import type { SeenLook, SeenSite } from '../../../bootstrap/src/cluster/verify/seen.ts';
import { siteCommands, siteProbes } from '../../../bootstrap/src/cluster/verify/site-probes.ts';
import type { Check } from '../../../bootstrap/src/frame/step.ts';
import type { HostFacts } from '../../../bootstrap/src/host/facts.ts';
import { secretKeys, secrets } from '../../../config/secrets.ts';
import { cluster } from '../../clusters.ts';
import { complete, deployment, pod } from './objects.ts';

/** Each check over facts in which one thing is wrong: it is found, named, and nothing else is blamed. */

const of = cluster();
const NOW = Date.parse('2026-11-25T12:00:00Z');
const HOUR = 60 * 60_000;
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const OPERATOR = '192.0.2.10';

function node(hostname: string, status: object = {}): KubeObject {
  const conditions = ['Ready', 'EtcdIsVoter'].map((type) => ({ type, status: 'True' }));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: hostname, creationTimestamp: ago(100 * HOUR) },
    spec: {},
    status: { conditions, nodeInfo: { kubeletVersion: of.k3s.version }, ...status },
  };
}

const dnsPod = (hostname: string): KubeObject => ({
  ...pod('coredns', `coredns-${hostname}`, { conditions: [{ type: 'Ready', status: 'True' }] }),
  metadata: { name: `coredns-${hostname}`, namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  spec: { nodeName: hostname },
});

const ENCRYPTED = 'Encryption Status: Enabled\nServer Encryption Hashes: All hashes match\n';

function facts(more: object = {}, commands: Record<string, string> = {}): HostFacts {
  const printed = {
    encryption: ENCRYPTED,
    certificates: '/tls/a.crt notAfter=Aug  1 00:00:00 2027 GMT\n',
    snapshots: `${(NOW - 3 * HOUR) / 1000} etcd-snapshot-1\n`,
    ...Object.fromEntries(
      siteProbes(of).map(({ name }) => [name, /unknown|metrics/.test(name) ? '404' : '200']),
    ),
    ...commands,
  };
  return {
    now: NOW,
    clockSynchronized: true,
    rebootRequired: false,
    sshClient: OPERATOR,
    interfaces: [],
    users: {},
    files: {},
    hashes: {},
    sysctls: {},
    units: {},
    packages: {},
    swaps: [],
    defaultRoutes: ['ipv4'],
    architecture: 'x86_64',
    commands: Object.fromEntries(
      Object.entries(printed).map(([name, stdout]) => [name, { exitCode: 0, stdout, stderr: '' }]),
    ),
    ...more,
  } as unknown as HostFacts;
}

const look = (index: number, seen = facts()): SeenLook => ({
  node: of.nodes[index] as SeenLook['node'],
  facts: seen,
  before: NOW - 300,
  after: NOW,
});

const objects: readonly KubeObject[] = [
  ...of.nodes.map(({ hostname }) => node(hostname)),
  ...of.nodes.map(({ hostname }) => dnsPod(hostname)),
  deployment('api'),
];

/** A site that is as it should be, from hosts that were seen; with what a test changes. */
function site(more: Partial<SeenSite> = {}): SeenSite {
  const open = (port: number) => port === 22;
  const keys = secretKeys(of).map(
    ({ secret, key }) => [`${secrets[secret].namespace}/${secret}`, key] as const,
  );
  return {
    cluster: of,
    now: NOW,
    hosts: [look(0), look(1), look(2)],
    objects,
    secretKeys: new Map(
      keys.map(([name]) => [name, keys.filter(([one]) => one === name).map(([, key]) => key)]),
    ),
    workloads: [deployment('api')],
    reach: of.nodes.flatMap((one) =>
      portRules(of).map(({ port }) => ({
        node: one,
        address: one.publicIPv4 ?? '',
        port,
        isOpen: open(port),
      })),
    ),
    answers: [],
    kubeconfigEnd: NOW + 300 * 24 * HOUR,
    distDrift: undefined,
    secretsDrift: undefined,
    operatorKey: 'ssh-ed25519 AAAA me',
    ...more,
  };
}

const notOk = (checks: readonly Check[]) =>
  checks
    .filter(({ state }) => state !== 'ok')
    .map(({ state, name, evidence }) => `${state} ${name}: ${evidence}`);

const objectsWith = (...others: KubeObject[]) => [...objects, ...others];

describe('what is right is said to be right, with what was seen', () => {
  test('of cluster, servers and edge', () => {
    const checks = [...checkCluster(site()), ...checkServers(site()), ...checkEdge(site())];
    expect(notOk(checks)).toEqual([
      'warning Kubernetes is mended: 1.34 ended on 2026-10-27: plan the move, one minor at a time',
    ]);
    expect(checks.map(({ name, evidence }) => `${name}: ${evidence}`)).toEqual(
      expect.arrayContaining([
        'nodes vote in etcd: 3 of 3',
        'pods of dist/: 1 workloads, all new and ready',
        'certificates: hetzner1 a.crt ends first, on 2027-08-01, in 248 days',
        'etcd snapshots: the newest of each server is at most 3 h old',
        'port 22, ssh: open to this workstation, as cluster.yaml says',
        'port 6443, Kubernetes: shut to this workstation, as cluster.yaml says',
        'site api.myhoneydue.com: 200 through 3 nodes, asked from the host',
      ]),
    );
  });
});

describe('the cluster', () => {
  const replace = (name: string, by: KubeObject) =>
    objects.map((one) => (one.metadata.name === name ? by : one));
  const [first = '', second = ''] = of.nodes.map(({ hostname }) => hostname);
  const conditions = (ready: string, voter: string) => ({
    conditions: [
      { type: 'Ready', status: ready },
      { type: 'EtcdIsVoter', status: voter },
    ],
  });

  test.each<[string, SeenSite['objects'], RegExp]>([
    [
      'a node that is down',
      replace(first, node(first, conditions('Unknown', 'True'))),
      /^failed nodes Ready: hetzner1 \(ubuntu-8gb-nbg1-2\) is not\. /,
    ],
    [
      'a learner of etcd',
      replace(first, node(first, conditions('True', 'False'))),
      /^failed nodes vote in etcd: hetzner1 \(ubuntu-8gb-nbg1-2\) is not/,
    ],
    ['a stranger', objectsWith(node('stranger')), /^failed nodes Ready: stranger is not in cluster\.yaml/],
    [
      'another version',
      replace(second, node(second, { nodeInfo: { kubeletVersion: 'v1.33.1+k3s1' } })),
      /^failed k3s version: hetzner2 \(ubuntu-8gb-nbg1-1\) runs v1\.33\.1\+k3s1/,
    ],
    [
      'a cordoned node',
      replace(first, { ...node(first), spec: { unschedulable: true } }),
      /^warning nodes take pods: hetzner1 \(ubuntu-8gb-nbg1-2\)/,
    ],
    [
      'DNS on two nodes only',
      replace(`coredns-${first}`, dnsPod(second)),
      /^failed DNS on every node: none on hetzner1 \(ubuntu-8gb-nbg1-2\)/,
    ],
    [
      'a rollout that does not end',
      replace('api', deployment('api', { status: { ...complete, availableReplicas: 0 } })),
      /^failed pods of dist\/: Deployment honeydue\/api: 1 of 1 pods new, 0 ready/,
    ],
    [
      'a workload that is gone',
      objects.filter(({ kind }) => kind !== 'Deployment'),
      /^failed pods of dist\/: Deployment honeydue\/api is not there/,
    ],
    [
      'a restart of today',
      objectsWith(
        pod('worker', 'worker-1', {
          containerStatuses: [
            {
              name: 'worker',
              ready: true,
              restartCount: 3,
              lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(2 * HOUR) } },
            },
          ],
        }),
      ),
      /^warning restarts in a day: honeydue\/worker-1 3 times, last 2 h ago with exit code 137 \(OOMKilled\)/,
    ],
  ])('%s', (_, seen, expected) => {
    const found = notOk(checkCluster(site({ objects: seen }))).filter((row) => !row.includes('1.34 ended'));
    // A node that is down has no vote that counts either, and so on: the one that is meant comes first.
    expect(found[0]).toMatch(expected);
    expect(found.length).toBeLessThanOrEqual(2);
  });

  test('a restart of last week is none of today', () => {
    const old = { exitCode: 1, finishedAt: ago(200 * HOUR) };
    const status = {
      containerStatuses: [{ name: 'x', ready: true, restartCount: 9, lastState: { terminated: old } }],
    };
    const found = notOk(checkCluster(site({ objects: objectsWith(pod('x', 'x-1', status)) })));
    expect(found).toHaveLength(1);
  });

  test('no API at all is one row that says why', () => {
    const objects =
      'No server has a Kubernetes API that answers.\nhetzner1: refused\nSee on a server: systemctl';
    expect(notOk(checkCluster(site({ objects })))[0]).toBe(
      'failed Kubernetes API: No server has a Kubernetes API that answers.; hetzner1: refused',
    );
  });

  test('a required value that is missing fails; an optional one is told', () => {
    const without = (...names: string[]) =>
      new Map(
        [...site().secretKeys].map(([name, keys]) => [name, keys.filter((key) => !names.includes(key))]),
      );
    const row = (...names: string[]) =>
      checkCluster(site({ secretKeys: without(...names) })).find(({ name }) => name === 'secret values');
    expect(row('SECRET_KEY')).toMatchObject({
      state: 'failed',
      evidence: expect.stringMatching(/^SECRET_KEY is missing/),
    });
    expect(row('REDIS_PASSWORD')).toMatchObject({
      state: 'ok',
      evidence: '11 of 12 are there; not given, and optional: REDIS_PASSWORD',
    });
  });
});

describe('the servers', () => {
  const one = (commands: Record<string, string>, more: Partial<SeenSite> = {}) =>
    notOk(checkServers(site({ hosts: [look(0), look(1, facts({}, commands))], ...more })));
  const certificate = (date: string) => `/tls/client.crt notAfter=${date}\n`;

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'encryption is off',
      { encryption: 'Encryption Status: Disabled, no configuration file found\n' },
      /^failed secrets encrypted in etcd: hetzner2: Encryption Status: Disabled/,
    ],
    [
      'another key on one server',
      { encryption: 'Encryption Status: Enabled\nServer Encryption Hashes: hash does not match\n' },
      /^failed secrets encrypted/,
    ],
    [
      'a certificate that ends soon',
      { certificates: certificate('Jan  1 00:00:00 2027 GMT') },
      /^warning certificates: hetzner2 client\.crt ends first, on 2027-01-01, in 36 days\. k3s renews/,
    ],
    [
      'a certificate that ends now',
      { certificates: certificate('Dec  1 00:00:00 2026 GMT') },
      /^failed certificates: .*in 5 days/,
    ],
    [
      'one that has ended',
      { certificates: certificate('Nov 20 00:00:00 2026 GMT') },
      /^failed certificates: .*which is past/,
    ],
    [
      'no snapshot for a day',
      { snapshots: `${(NOW - 24 * HOUR) / 1000} a\n${(NOW - 30 * HOUR) / 1000} b\n` },
      /^failed etcd snapshots: hetzner2: the newest is 24 h old/,
    ],
    ['no snapshot at all', { snapshots: '' }, /^failed etcd snapshots: hetzner2: none/],
  ])('%s', (_, commands, expected) => {
    const found = one(commands);
    expect(found).toEqual([expect.stringMatching(expected)]);
  });

  test('the client certificate of the workstation counts too', () => {
    expect(one({}, { kubeconfigEnd: NOW + 20 * 24 * HOUR })).toEqual([
      expect.stringMatching(/^warning certificates: the kubeconfig of this workstation ends first/),
    ]);
  });

  test('a young cluster has no snapshot yet', () => {
    const young = [{ ...node('one'), metadata: { name: 'one', creationTimestamp: ago(HOUR) } }];
    expect(one({ snapshots: '' }, { objects: young })).toEqual([]);
  });
});

describe('the edge', () => {
  const port = (number: number, isOpen: boolean) =>
    site().reach.map((one) =>
      one.port === number && one.node.alias === 'hetzner1' ? { ...one, isOpen } : one,
    );

  test.each<[string, Partial<SeenSite>, RegExp]>([
    [
      'etcd open to the world',
      { reach: port(2379, true) },
      /^failed other ports: hetzner1: 178\.104\.247\.152 port 2379 is open/,
    ],
    [
      'the edge open to everybody',
      { reach: port(80, true) },
      /^failed port 80, edge: hetzner1: .* port 80 is open/,
    ],
    ['ssh shut', { reach: port(22, false) }, /^failed port 22, ssh: hetzner1: .* port 22 is shut/],
    [
      'a site that does not answer on one node',
      { hosts: [look(0), look(1, facts({}, { 'site api.myhoneydue.com': '000' })), look(2)] },
      /^failed site api\.myhoneydue\.com: hetzner2: no answer\. Expected is an answer; asked from the host/,
    ],
    [
      'metrics shown to the world',
      { hosts: [look(0, facts({}, { 'metrics hidden': '200' }))] },
      /^failed metrics hidden: hetzner1: 200\. Expected is 404/,
    ],
  ])('%s', (_, more, expected) => {
    expect(notOk(checkEdge(site(more)))).toEqual([expect.stringMatching(expected)]);
  });

  test('a port that is shut because its host is lost is not blamed on a firewall', () => {
    const reach = site().reach.map((one) => ({ ...one, isOpen: false }));
    const hosts = [{ node: look(0).node, error: 'lost' }, look(1)];
    const rows = notOk(checkEdge(site({ reach, hosts })));
    expect(rows).toEqual([expect.stringMatching(/^failed port 22, ssh: hetzner2: /)]);
  });

  test('6443 must be open to whoever cluster.yaml lets in, and is not judged from an unknown address', () => {
    const open = cluster((document) => document.setIn(['firewall', 'kubernetesAPI'], [`${OPERATOR}/32`]));
    expect(notOk(checkEdge(site({ cluster: open })))[0]).toMatch(/^failed port 6443.*port 6443 is shut/);
    const hosts = [look(0, facts({ sshClient: null }))];
    expect(notOk(checkEdge(site({ cluster: open, hosts })))).toEqual([]);
  });

  test('where the edge is open to the workstation, the workstation asks', () => {
    const answers = siteProbes(of).map((probe) => ({
      probe,
      node: of.nodes[0] as SeenLook['node'],
      status: probe.isRight(404) ? 404 : 200,
      from: 'the workstation' as const,
    }));
    const rows = checkEdge(site({ answers, hosts: [look(0)] }));
    expect(rows.at(-1)?.evidence).toBe('404 through 1 nodes, asked from the workstation');
  });

  test('strict: by TLS with the name of the site, and strangers may be refused altogether', () => {
    const strict = cluster((document) => document.setIn(['edge', 'tls'], 'strict'));
    const [words = []] = Object.values(siteCommands(strict, strict.nodes[0] as SeenLook['node']));
    expect(words.slice(-3)).toEqual([
      '--resolve',
      'api.myhoneydue.com:443:10.0.0.2',
      'https://api.myhoneydue.com:443/api/health/',
    ]);
    expect(
      siteProbes(strict)
        .find(({ name }) => name === 'site unknown')
        ?.isRight(0),
    ).toBe(true);
  });

  test('both: each site is asked through each port, and neither port counts as a side door', () => {
    const both = cluster((document) => document.setIn(['edge', 'tls'], 'both'));
    const words = Object.values(siteCommands(both, both.nodes[0] as SeenLook['node'])).map((all) =>
      all.at(-1),
    );
    expect(words).toContain('http://10.0.0.2:80/api/health/');
    expect(words).toContain('https://api.myhoneydue.com:443/api/health/');
    expect(words).toHaveLength(10);
    const closed = portRules(both).filter(({ sources }) => sources.length === 0);
    expect(closed.map(({ port }) => port)).not.toEqual(expect.arrayContaining([80]));
    expect(closed.map(({ port }) => port)).not.toEqual(expect.arrayContaining([443]));
  });
});

describe('the hosts', () => {
  test('one that does not answer is named, and the others are still looked at', () => {
    const hosts = [
      { node: look(0).node, error: 'hetzner1: ssh timed out\nSee that the server runs' },
      look(1),
    ];
    const checks = checkHosts(site({ hosts }));
    expect(checks[0]).toMatchObject({ state: 'failed', evidence: 'hetzner1: ssh timed out' });
    expect(checks.map(({ name }) => name)).toContain('firewall as planned');
  });

  test('what differs from the plan is named, with how to mend it', () => {
    const rows = notOk(checkHosts(site()));
    expect(rows).toContainEqual(
      expect.stringMatching(/^failed hosts as planned: hetzner1: packages .*--only hosts mends it/),
    );
    expect(rows).toContainEqual(
      expect.stringMatching(/^failed firewall as planned: .*hetzner1: firewall \(ufw enable/),
    );
  });

  test.each<[string, number, string | undefined]>([
    ['the answer took a while', -250, undefined],
    ['ahead', 10_000, 'failed clocks: hetzner1 is at least 10 s ahead of this workstation'],
    ['behind', -60_300, 'failed clocks: hetzner1 is at least 1 min behind this workstation'],
  ])('a clock: %s', (_, offset, expected) => {
    const rows = notOk(checkHosts(site({ hosts: [look(0, facts({ now: NOW + offset }))] })));
    const [row] = rows.filter((text) => text.includes('clocks'));
    expect(row?.split('.')[0]).toBe(expected);
  });

  test('reboots and time servers are warnings', () => {
    const rows = notOk(
      checkHosts(site({ hosts: [look(0, facts({ rebootRequired: true, clockSynchronized: false }))] })),
    );
    expect(rows).toContainEqual(expect.stringMatching(/^warning reboots: hetzner1\. /));
    expect(rows).toContainEqual(expect.stringMatching(/^warning clocks: hetzner1 not synchronised/));
  });
});

test('drift of dist/ and prod.env is told where it was looked at', () => {
  expect(checkDrift(site())).toEqual([]);
  const rows = checkDrift(
    site({ distDrift: ['cluster: Deployment honeydue/api (spec.replicas 5 → 3)'], secretsDrift: [] }),
  );
  expect(rows.map(({ state }) => state)).toEqual(['failed', 'ok']);
});
