import type { Router } from './api/router.ts';
import { createMemoryBackend, type MemoryBackend } from './backend/memory.ts';
import { type CloudConfig, labToken } from './config.ts';
import type { Contract } from './openapi/contract.ts';
import { type Cloud, startCloud } from './serve/start.ts';

/** An answer as a client sees it. Bodies are read loosely here: their shape is the contract's business. */
export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes
  body: any;
  text: string;
}

/** An emulator with machines in memory and a client for it. */
export interface TestCloud extends Cloud {
  readonly backend: MemoryBackend;
  /** Lines that the emulator logged. */
  readonly lines: string[];
  call(method: string, path: string, body?: unknown, token?: string | null): Promise<Answer>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  remove(path: string): Promise<Answer>;
}

const open: Cloud[] = [];

// Whatever a test does, nothing of it listens or waits afterwards.
afterEach(async () => {
  await Promise.all(open.splice(0).map((cloud) => cloud.close()));
});

// The schemas of the description are compiled in the first test; a machine that builds something else is slow at it.
jest.setTimeout(60_000);

/** Starts an emulator whose actions take 20 ms. */
export async function startTestCloud(
  config: Partial<CloudConfig> = {},
  contract?: Contract,
  router?: Router,
): Promise<TestCloud> {
  const backend = createMemoryBackend();
  const lines: string[] = [];
  const cloud = await startCloud({
    backend,
    config: { actionMs: 20, ...config },
    log: (line) => lines.push(line),
    ...(contract ? { contract } : {}),
    ...(router ? { router } : {}),
  });
  open.push(cloud);
  const call: TestCloud['call'] = async (method, path, body, token = labToken) => {
    const response = await fetch(`${cloud.url}${path}`, {
      method,
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type') === 'application/json';
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : null,
    };
  };
  return {
    ...cloud,
    backend,
    lines,
    call,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    remove: (path) => call('DELETE', path),
  };
}

/** A public key that nobody has the private half of; `n` makes it another one. */
export function publicKey(n = 0): string {
  const blob = Buffer.concat([Buffer.from('\0\0\0\vssh-ed25519\0\0\0 '), Buffer.alloc(32, n)]);
  return `ssh-ed25519 ${blob.toString('base64')} key-${n}`;
}

/** The smallest request that creates a server. */
export function serverBody(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { name, server_type: 'cx33', image: 'ubuntu-24.04', location: 'nbg1', ...more };
}

/** A network 10.0.0.0/16 with the subnet 10.0.0.0/24. */
export function networkBody(name = 'private'): Record<string, unknown> {
  return {
    name,
    ip_range: '10.0.0.0/16',
    subnets: [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.0.0/24' }],
  };
}

/** An emulator with one server `one`, and short ways to read and steer it. */
export async function withServer(more: Record<string, unknown> = {}) {
  const cloud = await startTestCloud();
  const created = await cloud.post('/servers', serverBody('one', more));
  expect(created.status).toBe(201);
  const { id } = created.body.server;
  const read = async () => (await cloud.get(`/servers/${id}`)).body.server;
  const act = (name: string, body?: unknown) => cloud.post(`/servers/${id}/actions/${name}`, body);
  return { cloud, created, id: id as number, read, act };
}

/** The error code of an answer. */
export function code(answer: Answer): string | undefined {
  return answer.body?.error?.code;
}
