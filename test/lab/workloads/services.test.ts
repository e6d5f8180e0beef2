import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../core/paths.ts';
import { must } from '../core/process.ts';
import { waitFor } from '../core/wait.ts';
import { packLayer, writeLayout } from './images/layout.ts';
import { RootFs } from './images/rootfs.ts';
import {
  appImage,
  appVersion,
  DOCKER_HUB,
  GITEA,
  OBS_HOST,
  OBS_TOKEN,
  type PORTS,
  REDIS_IMAGE,
  REGISTRY_ACCOUNT,
} from './names.ts';
import { buildStandIns } from './programs.ts';
import { workloadServices } from './services.ts';

const REDIS_TAG = REDIS_IMAGE.split(':').at(-1) ?? '';
const folder = mkdtempSync(join(tmpdir(), 'services-'));
const children: ChildProcess[] = [];
const login = { authorization: `Basic ${btoa(`${REGISTRY_ACCOUNT.username}:${REGISTRY_ACCOUNT.password}`)}` };
let ports: Record<keyof typeof PORTS, number>;
let registry: string;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function open(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.destroy());
    socket.on('error', () => resolve(false)).on('close', () => resolve(true));
  });
}

beforeAll(async () => {
  const root = new RootFs(join(folder, 'root'));
  await root.file('/run', 'text');
  const layer = join(folder, 'layer.tar');
  const layout = join(folder, 'layout');
  const pki = join(folder, 'pki');
  await packLayer(root.root, layer);
  const config = { entrypoint: ['/run'] };
  const references = [appImage('api', 'old'), REDIS_IMAGE];
  await writeLayout(
    layout,
    references.map((reference) => ({ reference, layer, config })),
  );
  const labsvc = join(await buildStandIns(join(cacheDir(), 'workloads'), () => undefined), 'labsvc');
  mkdirSync(pki);
  await must([labsvc, 'pki', '-dir', pki, '-name', GITEA, '-name', DOCKER_HUB, '-name', OBS_HOST]);
  const [a, b, c, d, e] = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
  ports = { registry: a, obs: b, mail: c, mailbox: d, front: e };
  registry = `http://127.0.0.1:${a}`;
  const uploads = join(folder, 'uploads');
  for (const spec of workloadServices({
    paths: { labsvc, pki, layout },
    uploads,
    address: '127.0.0.1',
    ports,
  })) {
    const [program = '', ...args] = spec.argv;
    children.push(spawn(program, args, { env: { ...process.env, ...spec.env }, stdio: 'inherit' }));
    await waitFor(spec.name, () => open(spec.ready.port), { timeoutMs: 10_000 });
  }
}, 120_000);

afterAll(() => {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function pull(path: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(`${registry}/v2/${path}`, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

describe('registry, asked as containerd asks a mirror', () => {
  const api = `admin/honeydue-api/manifests/${appVersion('api', 'old')}?ns=${GITEA}`;

  test('a private image needs the right credentials', async () => {
    expect(await pull(api)).toBe(401);
    expect(await pull(api, { authorization: `Basic ${btoa('admin:wrong')}` })).toBe(401);
    expect(await pull(api, login)).toBe(200);
  });

  test('docker.io is public', async () => {
    expect(await pull(`library/redis/manifests/${REDIS_TAG}?ns=docker.io`)).toBe(200);
  });

  test('a wrong name, tag or registry is not found', async () => {
    expect(await pull(api.replace('api', 'apo'), login)).toBe(404);
    expect(await pull(`admin/honeydue-api/manifests/1111111?ns=${GITEA}`, login)).toBe(404);
    expect(await pull(api.replace(GITEA, 'docker.io'), login)).toBe(404);
  });

  test('blobs lie behind the same door', async () => {
    const manifest = (await (await fetch(`${registry}/v2/${api}`, { headers: login })).json()) as {
      layers: { digest: string }[];
    };
    const blob = `admin/honeydue-api/blobs/${manifest.layers[0]?.digest}?ns=${GITEA}`;
    expect(await pull(blob)).toBe(401);
    expect(await pull(blob, login)).toBe(200);
  });

  test('the login check asks for credentials', async () => {
    expect(await pull('')).toBe(401);
    expect(await pull('', login)).toBe(200);
  });

  test('the flaw of old Gitea can be switched on', async () => {
    await fetch(`${registry}/lab/anonymous`, { method: 'PUT' });
    expect(await pull(api)).toBe(200);
    await fetch(`${registry}/lab/anonymous`, { method: 'DELETE' });
    expect(await pull(api)).toBe(401);
  });

  test('an image gets a second name', async () => {
    const names = `from=${REDIS_IMAGE}&to=docker.io/library/redis:other`;
    expect((await fetch(`${registry}/lab/tag?${names}`, { method: 'PUT' })).status).toBe(204);
    expect(await pull('library/redis/manifests/other?ns=docker.io')).toBe(200);
    expect((await fetch(`${registry}/lab/tag`, { method: 'PUT' })).status).toBe(400);
  });

  test('it can be down', async () => {
    const fault = (mode: string): Promise<Response> =>
      fetch(`${registry}/lab/fault`, { method: 'PUT', body: mode });
    await fault('503');
    expect(await pull(api, login)).toBe(503);
    await fault('drop');
    await expect(pull(api, login)).rejects.toThrow('fetch failed');
    await fault('none');
    expect(await pull(api, login)).toBe(200);
  });
});

test('skopeo pushes an image, which is then pulled under its production name', async () => {
  const target = `docker://127.0.0.1:${ports.registry}/${GITEA}/admin/honeydue-api:pushed`;
  const credentials = `${REGISTRY_ACCOUNT.username}:${REGISTRY_ACCOUNT.password}`;
  const source = `oci:${join(folder, 'layout')}:${REDIS_IMAGE}`;
  const copy = ['copy', '--insecure-policy', '--quiet', '--dest-tls-verify=false'];
  expect(() => execFileSync('skopeo', [...copy, source, target], { stdio: 'pipe' })).toThrow(
    /authentication required/,
  );
  execFileSync('skopeo', [...copy, '--dest-creds', credentials, source, target]);
  expect(await pull(`admin/honeydue-api/manifests/pushed?ns=${GITEA}`, login)).toBe(200);
});

/** Status of a request to the TLS front, checked against the lab's authority. */
async function secure(
  host: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const ca = execFileSync('cat', [join(folder, 'pki', 'ca.pem')], { encoding: 'utf8' });
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: ports.front, servername: host, ca, method, path };
    const call = request({ ...options, headers: { host, ...headers } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    call.on('error', reject).end();
  });
}

test('TLS in front: production hosts under their names, with a valid certificate', async () => {
  expect(await secure(GITEA, 'GET', `/v2/admin/honeydue-api/manifests/${appVersion('api', 'old')}`)).toBe(
    401,
  );
  expect(
    await secure(GITEA, 'GET', `/v2/admin/honeydue-api/manifests/${appVersion('api', 'old')}`, login),
  ).toBe(200);
  expect(await secure(DOCKER_HUB, 'GET', `/v2/library/redis/manifests/${REDIS_TAG}`)).toBe(200);
  expect(await secure(OBS_HOST, 'POST', '/v1/traces')).toBe(401);
  expect(await secure(OBS_HOST, 'POST', '/v1/traces', { authorization: `Bearer ${OBS_TOKEN}` })).toBe(200);
  await expect(secure('other.example', 'GET', '/')).rejects.toThrow(/altnames/);
});

test('a rotated token replaces the old one', async () => {
  const obs = `http://127.0.0.1:${ports.obs}`;
  const send = async (token: string): Promise<number> =>
    (await fetch(`${obs}/v1/traces`, { method: 'POST', headers: { authorization: `Bearer ${token}` } }))
      .status;
  await fetch(`${obs}/lab/tokens`, { method: 'PUT', body: '["next"]' });
  expect([await send(OBS_TOKEN), await send('next')]).toEqual([401, 200]);
});
