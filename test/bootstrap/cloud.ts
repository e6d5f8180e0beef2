import { applyCloud } from '../../bootstrap/src/cloud/apply.ts';
import { connect, type Hcloud } from '../../bootstrap/src/cloud/hcloud.ts';
import { observeCloud } from '../../bootstrap/src/cloud/observed.ts';
import { planCloud } from '../../bootstrap/src/cloud/plan.ts';
import { type WantedCloud, wantedCloud } from '../../bootstrap/src/cloud/wanted.ts';
import type { Run } from '../../bootstrap/src/frame/step.ts';
import { Secret } from '../../bootstrap/src/secrets/secret.ts';
import { cluster } from '../clusters.ts';
import {
  type Cloud,
  type CloudConfig,
  createMemoryBackend,
  labToken,
  startCloud,
} from '../lab/cloud/index.ts';
import { type TestClock, testClock } from './clock.ts';

export interface Bench {
  readonly cloud: Cloud;
  readonly hcloud: Hcloud;
  readonly clock: TestClock;
  readonly said: string[];
  readonly run: Run;
}

// The schemas of the provider's description are compiled in the first test; a busy machine is slow at it.
jest.setTimeout(60_000);

const open: Cloud[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((cloud) => cloud.close()));
});

/** An emulated project of the provider, empty, and a client for it whose pauses let the emulator finish its work. */
export async function bench(config: Partial<CloudConfig> = {}, token = labToken, speed = 1): Promise<Bench> {
  const cloud = await startCloud({
    backend: createMemoryBackend(),
    config: { actionMs: 1, ...config },
    log: () => {},
  });
  open.push(cloud);
  const clock = testClock(cloud.idle, speed);
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const hcloud = connect({ token: new Secret(token), baseUrl: cloud.url, clock, say, random: () => 1 });
  return { cloud, hcloud, clock, said, run: { clock, signal: new AbortController().signal, say } };
}

export const publicKey = `ssh-ed25519 ${Buffer.concat([Buffer.from('\0\0\0\vssh-ed25519\0\0\0 '), Buffer.alloc(32, 7)]).toString('base64')} operator@example`;

/** The real cluster before the provider has given addresses. */
export function freshWanted(change: (wanted: WantedCloud) => Partial<WantedCloud> = () => ({})): WantedCloud {
  const wanted = wantedCloud(cluster(), publicKey);
  const servers = wanted.servers.map((server) => ({
    ...server,
    publicIPv4: undefined,
    publicIPv6: undefined,
  }));
  const fresh = { ...wanted, servers };
  return { ...fresh, ...change(fresh) };
}

/** One run, as the step makes it. @returns what was planned */
export async function provision({ hcloud, run }: Bench, wanted: WantedCloud = freshWanted()) {
  const observed = await observeCloud(hcloud, wanted);
  const plan = planCloud(observed, wanted);
  if (plan.problems.length === 0 && plan.changes.length > 0) {
    await applyCloud(hcloud, wanted, plan.changes, observed, run);
  }
  return plan;
}

/** What an operator does in the console. */
export async function request({ cloud }: Bench, method: string, path: string, body?: unknown): Promise<void> {
  const headers = { Authorization: 'Bearer lab-cloud-token' };
  const response = await fetch(`${cloud.url}${path}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
  } as RequestInit);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}
