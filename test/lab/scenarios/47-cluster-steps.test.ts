import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { applyStep } from '../../../bootstrap/src/cluster/apply/step.ts';
import { undoStep } from '../../../bootstrap/src/cluster/apply/undo.ts';
import { openKubectl } from '../../../bootstrap/src/cluster/kubectl.ts';
import type { KubeObject } from '../../../bootstrap/src/cluster/object.ts';
import { setValues } from '../../../bootstrap/src/cluster/secrets/calls.ts';
import { secretsStep } from '../../../bootstrap/src/cluster/secrets/step.ts';
import { wantedSecrets } from '../../../bootstrap/src/cluster/secrets/wanted.ts';
import type { Context } from '../../../bootstrap/src/context.ts';
import { realClock } from '../../../bootstrap/src/frame/clock.ts';
import type { Change, Plan, Run, Step } from '../../../bootstrap/src/frame/step.ts';
import { loadProdEnv } from '../../../bootstrap/src/secrets/prod-env-file.ts';
import { openSite } from '../../../bootstrap/src/site.ts';
import { startCluster, startSurroundings } from '../cluster.ts';
import { quote } from '../core/shell.ts';
import { host, PRODUCTION_HOSTS } from '../lab.ts';
import { createWorkspace, type Workspace } from '../provision/workspace.ts';
import { withHosts } from '../testing/scenario.ts';

// Secrets, dist/ and undo against a real API server and real pods. One server is enough: which server is asked, and what
// ssh does, is proved elsewhere.

withHosts(PRODUCTION_HOSTS.slice(0, 1));

let site: Workspace;
let context: Context;
const said: string[] = [];
const run: Run = { clock: realClock, signal: new AbortController().signal, say: (line) => said.push(line) };

const server = () => host('hetzner1');
const kubectl = (command: string, input = '') =>
  server().must(`k3s kubectl ${command}`, { input, timeoutMs: 60_000 });

beforeAll(async () => {
  await startSurroundings();
  // The step hosts does it: Traefik is not root.
  await server().must('sysctl -qw net.ipv4.ip_unprivileged_port_start=80');
  await startCluster([server()]);
  site = await createWorkspace({ provider: 'static' });
  const { config } = site;
  const opened = openSite(config);
  const remote = {
    alias: 'hetzner1',
    run: (words: readonly string[], { input = '', deadline = 60_000 } = {}) =>
      server().exec(words.map(quote).join(' '), { input, timeoutMs: deadline }),
  };
  context = {
    ...run,
    site: opened,
    cluster: opened.cluster,
    kubectl: openKubectl(() => [remote]),
    prodEnv: () => loadProdEnv(opened.prodEnv, opened.cluster()),
  } as Partial<Context> as Context;
}, 400_000);

/** What a run of the frame does: look, make the changes, look again. @returns the plan that was made */
async function carryOut<O, C extends Change>(step: Step<O, C>): Promise<Plan<C>> {
  said.length = 0;
  const observed = await step.observe(run);
  const plan = step.plan(observed);
  expect(plan.problems).toEqual([]);
  if (plan.changes.length > 0) await step.apply(plan.changes, observed, run);
  const left = step.plan(await step.observe(run));
  expect([left.changes.map(({ what, detail }) => `${what}: ${detail}`), left.problems]).toEqual([[], []]);
  return plan;
}

const rows = ({ changes }: Plan) => changes.map(({ action, what }) => `${action} ${what}`);

/** The pods of each workload, without those that are leaving. */
async function pods(): Promise<Record<string, string[]>> {
  const { items } = JSON.parse(await kubectl('get pods -n honeydue -o json')) as { items: KubeObject[] };
  const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const found: Record<string, string[]> = {};
  for (const { metadata } of staying) {
    const name = metadata.labels?.['app.kubernetes.io/name'] ?? '';
    found[name] = [...(found[name] ?? []), metadata.uid ?? ''].sort();
  }
  return found;
}

const renewed = (before: Record<string, string[]>, after: Record<string, string[]>) =>
  Object.keys(before)
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .sort();

const values = async () =>
  JSON.parse(await kubectl('get secret honeydue-secrets -n honeydue -o json')) as {
    data: Record<string, string>;
    metadata: { annotations: Record<string, string> };
  };
const value = async (key: string) => Buffer.from((await values()).data[key] ?? '', 'base64').toString();

describe('from an empty cluster', () => {
  test('secrets bring their namespaces; then dist/, until all of it runs', async () => {
    expect(rows(await carryOut(secretsStep(context)))).toEqual([
      'create Namespace honeydue',
      'create Namespace traefik',
      'create Secret honeydue/honeydue-secrets',
      'create Secret honeydue/honeydue-apns-key',
      'create Secret honeydue/gitea-credentials',
    ]);
    await carryOut(applyStep(context));
    expect(Object.keys(await pods()).sort()).toEqual(['admin', 'api', 'redis', 'vmagent', 'worker']);
    expect(await value('POSTGRES_PASSWORD')).toBe(site.secrets.POSTGRES_PASSWORD);
  }, 300_000);

  test('again there is nothing to do, and no object has become another', async () => {
    const versions = () =>
      kubectl(
        `get secrets,configmaps,services,serviceaccounts,networkpolicies -n honeydue -o jsonpath='{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}'`,
      );
    const before = await versions();
    expect(rows(await carryOut(secretsStep(context)))).toEqual([]);
    expect(rows(await carryOut(applyStep(context)))).toEqual([]);
    expect(await versions()).toBe(before);
  });
});

describe('what others have done', () => {
  test('kubectl apply of dist/ leaves values alone, and what it leaves behind is taken over', async () => {
    const { data: before } = await values();
    const text = ['00-cluster', '21-secrets', '40-api'].map((name) =>
      readFileSync(join(context.site.dist, `${name}.k8s.yaml`), 'utf8'),
    );
    for (const _ of [1, 2]) await kubectl('apply -f -', text.join('---\n'));
    expect((await values()).data).toEqual(before);
    const plan = await carryOut(applyStep(context));
    expect(plan.changes.find(({ what }) => what === 'Deployment honeydue/api')?.detail).toMatch(
      /belong to dist/,
    );
    expect(JSON.stringify(await values())).not.toContain('last-applied');
    expect((await values()).data).toEqual(before);
  });

  // As a site that was set up by other scripts has it.
  test('a Secret that was applied with its values: the copy goes, and so does a key that prod.env does not have', async () => {
    const mine = {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: 'honeydue-apns-key', namespace: 'honeydue' },
    };
    const data = { 'apns_auth_key.p8': Buffer.from('canary-by-hand').toString('base64'), other: 'eA==' };
    await kubectl('delete secret honeydue-apns-key -n honeydue');
    await kubectl('apply -f -', JSON.stringify({ ...mine, type: 'Opaque', data }));
    site.setSecrets({ APNS_AUTH_KEY: '' });
    const plan = await carryOut(secretsStep(context));
    expect(plan.changes.map(({ what, detail }) => `${what}: ${detail}`).slice(0, 2)).toEqual([
      'Secret honeydue/honeydue-apns-key: removes the copy that kubectl apply left in an annotation',
      'Secret honeydue/honeydue-apns-key: removes apns_auth_key.p8',
    ]);
    expect(plan.notes).toEqual([expect.stringContaining('also holds other')]);
    const left = await kubectl('get secret honeydue-apns-key -n honeydue -o json --show-managed-fields');
    expect(left).not.toMatch(/canary|Y2FuYXJ5|last-applied/);
    await carryOut(applyStep(context));
    await kubectl('patch secret honeydue-apns-key -n honeydue --type merge -p \'{"data":{"other":null}}\'');
  }, 200_000);

  test('a hand-made change is named before it is overwritten', async () => {
    await kubectl('scale deployment/api -n honeydue --replicas=2');
    const { changes, notes } = await carryOut(applyStep(context));
    expect(changes.map(({ detail }) => detail)).toEqual(['spec.replicas 2 → 3']);
    expect(notes).toEqual([expect.stringMatching(/^Deployment honeydue\/api was changed by hand \(kubectl/)]);
  }, 200_000);
});

describe('a value that changes', () => {
  test('restarts those who read it, and nobody else', async () => {
    const before = await pods();
    site.setSecrets({
      REDIS_PASSWORD: 'canary-rotated-redis-password',
      OBS_INGEST_TOKEN: 'canary-rotated-token',
    });
    await carryOut(secretsStep(context));
    const after = await pods();
    expect(renewed(before, after)).toEqual(['api', 'redis', 'worker']);
    expect(await value('REDIS_PASSWORD')).toBe('canary-rotated-redis-password');
    expect(JSON.stringify(said)).not.toContain('canary');
  }, 300_000);

  test('and was written by a run that got no further: the next one restarts its readers', async () => {
    const before = await pods();
    site.setSecrets({ FCM_SERVER_KEY: 'canary-rotated-fcm' });
    const wanted = wantedSecrets(context.cluster(), await context.prodEnv());
    const secret = wanted.find(({ name }) => name === 'honeydue-secrets');
    if (!secret) throw new Error('no honeydue-secrets');
    await context.kubectl.must(setValues([{ secret, restart: ['worker'] }], new Date().toISOString()));
    expect(rows(await carryOut(secretsStep(context)))).toEqual(['restart Deployment honeydue/worker']);
    expect(renewed(before, await pods())).toEqual(['worker']);
    expect(Object.keys((await values()).metadata.annotations)).not.toContain('honeydue.dev/restart-pending');
  }, 200_000);
});

describe('a deployment that fails', () => {
  const edit = (file: string, ...changes: (readonly [string, string])[]) => {
    const path = join(context.site.dist, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      changes.reduce((now, [from, to]) => now.replaceAll(from, to), text),
    );
    return () => writeFileSync(path, text);
  };

  test('is refused before anything changes, when the API server would refuse it', async () => {
    const restore = edit('30-redis.k8s.yaml', ['serviceName: redis-pods', 'serviceName: other']);
    const step = applyStep(context);
    const { problems, changes } = step.plan(await step.observe(run));
    expect(changes).toEqual([]);
    expect(problems).toEqual([
      expect.stringMatching(/refuses what dist\/ says: The StatefulSet "redis" is invalid/),
    ]);
    restore();
  });

  test('says why, leaves old pods serving, and is undone without touching anything else', async () => {
    const before = await pods();
    const broken = ['honeydue-api:237c6b8', 'honeydue-api:no-such-tag'] as const;
    // Production waits 5 min until it calls this a failure.
    const soon = ['progressDeadlineSeconds: 300', 'progressDeadlineSeconds: 20'] as const;
    const restore = [
      edit('40-api.k8s.yaml', broken, soon),
      edit('30-redis.k8s.yaml', ['redis:7.4.9-alpine', 'redis:no-such-tag']),
    ];
    const failed = carryOut(applyStep(context));
    await expect(failed).rejects.toThrow(/honeydue\/api: 1 of 3 pods new, 3 ready/);
    await expect(failed).rejects.toThrow(
      /api waits: (ImagePullBackOff|ErrImagePull)[\s\S]*deploy\.mjs --undo/,
    );
    const { changes } = await carryOut(undoStep(context));
    expect(changes.map(({ what }) => what)).toEqual(
      ['StatefulSet honeydue/redis', 'Deployment honeydue/api'].sort(),
    );
    const after = await pods();
    expect(renewed(before, after)).toEqual(['redis']);
    for (const one of restore) one();
    // What was undone by kubectl belongs to dist/ again.
    expect(rows(await carryOut(applyStep(context)))).toEqual(['change Deployment honeydue/api']);
  }, 300_000);

  test('what was applied, when, by whom and from which revision stays in the cluster', async () => {
    const text = await kubectl(`get configmap honeydue-deploys -n honeydue -o jsonpath='{.data.deploys}'`);
    const deploys = JSON.parse(text) as {
      by: string;
      objects: string[];
      revisions: Record<string, number>;
    }[];
    expect(deploys.at(-1)?.objects).toContain('Deployment honeydue/api');
    expect(deploys[1]?.revisions).toEqual({
      'Deployment honeydue/api': expect.any(Number),
      'StatefulSet honeydue/redis': expect.any(Number),
    });
    expect(deploys[0]?.by).toMatch(/^\S+@\S+$/);
  });
});
