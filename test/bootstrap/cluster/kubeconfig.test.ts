import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Credentials, credentialsIn } from '../../../bootstrap/src/cluster/kubeconfig/credentials.ts';
import { readLocal, writePrivate } from '../../../bootstrap/src/cluster/kubeconfig/file.ts';
import { mergeKubeconfig } from '../../../bootstrap/src/cluster/kubeconfig/merge.ts';
import { latest, type ObservedKubeconfig } from '../../../bootstrap/src/cluster/kubeconfig/observe.ts';
import { planKubeconfig } from '../../../bootstrap/src/cluster/kubeconfig/plan.ts';
import { tryServer } from '../../../bootstrap/src/cluster/kubeconfig/trial.ts';
import { planText } from '../../../bootstrap/src/frame/plan-text.ts';
import { Secret } from '../../../bootstrap/src/secrets/secret.ts';
import type { Cluster, Node } from '../../../config/schema.ts';
import { cluster } from '../../clusters.ts';
import { authority, type Pair } from './certificates.ts';

/** The operator's kubeconfig: what is in it, what of others stays, and that it works. */

let ca: ReturnType<typeof authority>;
let admin: Pair;
beforeAll(() => {
  ca = authority();
  admin = ca.sign('system:admin');
});
afterAll(() => ca.remove());

const credentials = (pair: Pair = admin): Credentials => ({
  authority: ca.certificate,
  certificate: pair.certificate,
  key: new Secret(pair.key),
});
const open = () => cluster((document) => document.setIn(['firewall', 'kubernetesAPI'], ['192.0.2.0/24']));
const nodeOf = ({ nodes }: Cluster, index: number) => nodes[index] as Node;
const merged = (existing: string, of = cluster(), used = 0) =>
  mergeKubeconfig(existing, of, credentials(), nodeOf(of, used));

describe('the file', () => {
  test('has a context for each server through the tunnel, and one that is used', () => {
    const { clusters, contexts, users, ...rest } = parse(merged(''));
    expect(clusters.map(({ cluster: { server } }: { cluster: { server: string } }) => server)).toEqual([
      'https://10.0.0.2:6443',
      'https://10.0.0.3:6443',
      'https://10.0.0.4:6443',
    ]);
    expect(clusters[0].cluster['proxy-url']).toBe('socks5://127.0.0.1:16443');
    expect(contexts.map(({ name }: { name: string }) => name)).toEqual([
      'honeydue',
      'honeydue-hetzner1',
      'honeydue-hetzner2',
      'honeydue-hetzner3',
    ]);
    expect(users).toHaveLength(1);
    expect(rest).toEqual({ apiVersion: 'v1', kind: 'Config', 'current-context': 'honeydue' });
  });

  test('goes straight to the public addresses where they are open', () => {
    const [first] = parse(merged('', open())).clusters;
    expect(first.cluster.server).toBe('https://178.104.247.152:6443');
    expect(first.cluster['proxy-url']).toBeUndefined();
  });

  test('is read back as it was written, and the same again is the same text', () => {
    const text = merged('');
    expect(credentialsIn(text, 'honeydue', 'honeydue-hetzner1')).toEqual(credentials());
    expect(merged(text)).toBe(text);
  });

  // People keep several clusters in one file.
  test('keeps what others have put there, comments and current context too; servers that are gone go', () => {
    const before = `# mine
apiVersion: v1
clusters:
  - name: other # do not touch
    cluster: { server: "https://192.0.2.1" }
  - name: honeydue-hetzner9
    cluster: { server: "https://10.0.0.9:6443" }
contexts: []
current-context: other
users:
  - { name: honeydue, user: { token: old } }
`;
    const text = merged(before);
    const { clusters, users, ...rest } = parse(text);
    expect(clusters.map(({ name }: { name: string }) => name)).toEqual([
      'other',
      'honeydue-hetzner1',
      'honeydue-hetzner2',
      'honeydue-hetzner3',
    ]);
    expect(users).toHaveLength(1);
    expect(rest['current-context']).toBe('other');
    expect(text).toMatch(/# mine[\s\S]*# do not touch/);
  });

  test('is readable by nobody else, whatever it was before', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kube-'));
    const path = join(folder, '.kube', 'config');
    try {
      writePrivate(path, 'one');
      writeFileSync(path, 'two', { mode: 0o644 });
      writePrivate(path, 'three');
      expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['three', 0o600]);
      expect(statSync(join(folder, '.kube')).mode & 0o777).toBe(0o700);
      expect(readLocal(join(folder, 'none'))).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the plan', () => {
  const path = '~/.kube/honeydue-k3s.yaml';
  const observed = (more: Partial<ObservedKubeconfig> = {}, of = cluster()): ObservedKubeconfig => ({
    file: { text: merged('', of), mode: 0o600 },
    credentials: credentials(),
    trials: of.nodes.map((node) => ({ node })),
    ...more,
  });
  const rows = (has: ObservedKubeconfig, of = cluster()) =>
    planKubeconfig(has, of, path).changes.map(({ action, detail }) => `${action}: ${detail}`);
  const refusing = (...indexes: number[]) =>
    cluster().nodes.map((node, i) =>
      indexes.includes(i) ? { node, refusal: 'connect ECONNREFUSED' } : { node },
    );

  test('nothing to do, and how to open the tunnel', () => {
    const plan = planKubeconfig(observed(), cluster(), path);
    expect(plan).toMatchObject({ changes: [], problems: [] });
    expect(plan.notes).toEqual([expect.stringContaining('ssh -N -D 127.0.0.1:16443 deploy@178.104.247.152')]);
    expect(planKubeconfig(observed({}, open()), open(), path).notes).toEqual([]);
  });

  test.each<[string, () => Partial<ObservedKubeconfig>, string]>([
    [
      'no file',
      () => ({ file: undefined }),
      'create: contexts honeydue, honeydue-hetzner1, honeydue-hetzner2, honeydue-hetzner3',
    ],
    [
      'others may read it',
      () => ({ file: { text: merged(''), mode: 0o644 } }),
      'change: mode 0644 becomes 0600',
    ],
    [
      'other addresses',
      () => ({ file: { text: merged('', open()), mode: 0o600 } }),
      'change: servers and contexts',
    ],
  ])('%s', (_, has, row) => {
    expect(rows(observed(has()))).toEqual([row]);
  });

  test('a newer certificate of a server is taken, an older one is not, another cluster replaces all', () => {
    const [old, young] = [credentials(), credentials(ca.sign('system:admin', 300))];
    expect(latest(old, young)).toBe(young);
    expect(latest(young, old)).toBe(young);
    expect(latest({ ...young, authority: 'another' }, old)).toBe(old);
    expect(latest(undefined, old)).toBe(old);
    expect(rows(observed({ credentials: young }))).toEqual([
      expect.stringMatching(/^change: client certificate that is valid until 20\d\d-\d\d-\d\d$/),
    ]);
  });

  test('the context that is used stays while its server answers, and moves when not', () => {
    const text = merged('', cluster(), 1);
    expect(rows(observed({ file: { text, mode: 0o600 } }))).toEqual([]);
    const moved = planKubeconfig(
      observed({ file: { text, mode: 0o600 }, trials: refusing(1) }),
      cluster(),
      path,
    );
    expect(moved.notes[0]).toBe('The API of hetzner2 does not answer: connect ECONNREFUSED.');
    expect(parse(moved.changes[0]?.text() ?? '').contexts[0].context.cluster).toBe('honeydue-hetzner1');
  });

  test('no server answers: a problem that says of each why, and what to see to', () => {
    const { problems, changes } = planKubeconfig(observed({ trials: refusing(0, 1, 2) }), open(), path);
    expect(changes).toEqual([]);
    expect(problems).toEqual([
      expect.stringMatching(/hetzner1: connect ECONNREFUSED\n {2}hetzner2: [\s\S]*firewall\.kubernetesAPI/),
    ]);
  });

  test('a damaged file is not overwritten', () => {
    const file = { text: 'clusters: [', mode: 0o600 };
    expect(planKubeconfig(observed({ file }), cluster(), path).problems).toEqual([
      expect.stringMatching(/is not YAML, from line 1 on\. Move it away/),
    ]);
  });

  test('shows nothing of what is in the file', () => {
    const plan = planKubeconfig(observed({ file: undefined }), cluster(), path);
    const shown = `${planText(plan)}${JSON.stringify(plan)}${JSON.stringify(observed({ file: undefined }))}`;
    const body = admin.key.split('\n')[1] ?? '';
    expect(shown).not.toContain(body);
    expect(shown).not.toContain(Buffer.from(body).toString('base64'));
  });
});

describe('trying it', () => {
  let server: Server;
  let status = 200;
  let endpoint: { address: string; port: number };
  beforeAll(async () => {
    const { certificate: cert, key } = ca.sign('kube-apiserver');
    const options = { cert, key, ca: ca.certificate, requestCert: true, rejectUnauthorized: true };
    server = createServer(options, (_, response) => response.writeHead(status).end('ok'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    endpoint = { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
  });
  afterAll(() => server.close());

  test('a server that knows the certificate answers, straight and over a connection that exists', async () => {
    expect(await tryServer(endpoint, credentials())).toBeUndefined();
    const through = connect(endpoint.port, endpoint.address);
    expect(await tryServer({ address: '127.0.0.1', port: 1 }, credentials(), through)).toBeUndefined();
  });

  test('one that does not is told apart from one that is not there and one that is not ready', async () => {
    const stranger = authority();
    const own = stranger.sign('somebody');
    stranger.remove();
    expect(await tryServer(endpoint, credentials(own))).toMatch(/certificate|socket hang up|ECONNRESET/i);
    expect(await tryServer({ ...endpoint, port: 1 }, credentials())).toMatch(/ECONNREFUSED/);
    status = 500;
    expect(await tryServer(endpoint, credentials())).toBe('it answers 500');
    status = 200;
  });

  test('another cluster behind the same address is found out', async () => {
    const stranger = authority();
    const other = { ...credentials(), authority: stranger.certificate };
    stranger.remove();
    expect(await tryServer(endpoint, other)).toMatch(/certificate|signature/i);
  });
});
