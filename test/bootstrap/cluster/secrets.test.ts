import { join } from 'node:path';
import { readDist, workloadsIn } from '../../../bootstrap/src/cluster/dist.ts';
import { openKubectl } from '../../../bootstrap/src/cluster/kubectl.ts';
import type { KubeObject } from '../../../bootstrap/src/cluster/object.ts';
import { setValues } from '../../../bootstrap/src/cluster/secrets/calls.ts';
import type { LiveSecret, ObservedSecrets } from '../../../bootstrap/src/cluster/secrets/observe.ts';
import { planSecrets } from '../../../bootstrap/src/cluster/secrets/plan.ts';
import { secretsStep } from '../../../bootstrap/src/cluster/secrets/step.ts';
import { unprintable, wantedSecrets } from '../../../bootstrap/src/cluster/secrets/wanted.ts';
import { planText } from '../../../bootstrap/src/frame/plan-text.ts';
import { readProdEnv } from '../../../bootstrap/src/secrets/prod-env.ts';
import { redactor } from '../../../bootstrap/src/secrets/redact.ts';
import { Secret } from '../../../bootstrap/src/secrets/secret.ts';
import { openSite } from '../../../bootstrap/src/site.ts';
import type { SecretName } from '../../../config/secrets.ts';
import { cluster } from '../../clusters.ts';
import { testClock } from '../clock.ts';
import { deployment, namespace, workload } from './objects.ts';
import { type Asked, server } from './remote.ts';

/** Values of prod.env in the cluster: what changes, who starts anew, and that nothing shows a value. */

const GIVEN = {
  POSTGRES_PASSWORD: 'canary-postgres-1',
  SECRET_KEY: 'canary-secret-key-with-32-characters',
  EMAIL_HOST_USER: 'canary@example.com',
  EMAIL_HOST_PASSWORD: 'canary-mail-1',
  FCM_SERVER_KEY: 'canary-fcm-1',
  B2_KEY_ID: 'canary-b2-id-1',
  B2_APP_KEY: 'canary-b2-key-1',
  REGISTRY_TOKEN: 'canary-registry-1',
};

const prodEnv = (more: Record<string, string> = {}) =>
  readProdEnv(
    Object.entries({ ...GIVEN, ...more })
      .map(([name, value]) => `${name}='${value}'`)
      .join('\n'),
    'prod.env',
    cluster(),
  );
const wanted = (more?: Record<string, string>) => wantedSecrets(cluster(), prodEnv(more));

const WORKLOADS = [
  deployment('api'),
  deployment('worker'),
  deployment('admin', { spec: { template: {} } }),
  deployment('vmagent'),
  workload('StatefulSet', 'redis'),
];

/** A cluster that has what `has` says. */
function observed(has: ReturnType<typeof wanted>, more: Partial<ObservedSecrets> = {}): ObservedSecrets {
  const secrets = has
    .filter(({ values }) => values.size > 0)
    .map((secret) => ({ ...secret, restartPending: [], hasCopy: false }));
  return { namespaces: ['honeydue', 'traefik'], secrets, workloads: WORKLOADS, ...more };
}

const spaces = [namespace('honeydue'), namespace('traefik')];
const rows = (has: ObservedSecrets, want: ReturnType<typeof wanted>) =>
  planSecrets(has, want, spaces).changes.map(({ action, what, detail }) => `${action} ${what}: ${detail}`);

test('what is there as given is left alone', () => {
  expect(planSecrets(observed(wanted()), wanted(), spaces)).toEqual({ changes: [], problems: [], notes: [] });
});

test('an empty cluster gets its namespaces and Secrets; nobody starts anew who is not there', () => {
  const empty = { namespaces: [], secrets: [], workloads: [] };
  expect(rows(empty, wanted())).toEqual([
    'create Namespace honeydue: as in dist/',
    'create Namespace traefik: as in dist/',
    'create Secret honeydue/honeydue-secrets: adds POSTGRES_PASSWORD, SECRET_KEY, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, FCM_SERVER_KEY, B2_KEY_ID, B2_APP_KEY',
    'create Secret honeydue/gitea-credentials: adds .dockerconfigjson',
  ]);
});

test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
  [
    'a changed value restarts its readers',
    {},
    { POSTGRES_PASSWORD: 'canary-postgres-2' },
    [
      'change Secret honeydue/honeydue-secrets: changes POSTGRES_PASSWORD',
      'restart Deployment honeydue/api: reads what changes',
      'restart Deployment honeydue/worker: reads what changes',
    ],
  ],
  [
    'a new password of Redis restarts Redis and those who know it',
    {},
    { REDIS_PASSWORD: 'canary-redis-password' },
    [
      'change Secret honeydue/honeydue-secrets: adds REDIS_PASSWORD',
      'restart Deployment honeydue/api: reads what changes',
      'restart Deployment honeydue/worker: reads what changes',
      'restart StatefulSet honeydue/redis: reads what changes',
    ],
  ],
  [
    'an optional value that is given no more is removed',
    { OBS_TRACES_URL: 'https://obs.example.com' },
    {},
    [
      'change Secret honeydue/honeydue-secrets: removes OBS_TRACES_URL',
      'restart Deployment honeydue/api: reads what changes',
      'restart Deployment honeydue/worker: reads what changes',
    ],
  ],
  [
    'vmagent reads a new token by itself',
    { OBS_INGEST_TOKEN: 'canary-token-1' },
    { OBS_INGEST_TOKEN: 'canary-token-2' },
    [
      'change Secret honeydue/honeydue-secrets: changes OBS_INGEST_TOKEN',
      'restart Deployment honeydue/api: reads what changes',
      'restart Deployment honeydue/worker: reads what changes',
    ],
  ],
  [
    'the pull secret is read by kubelets at each pull',
    {},
    { REGISTRY_TOKEN: 'canary-registry-2' },
    ['change Secret honeydue/gitea-credentials: changes .dockerconfigjson'],
  ],
])('%s', (_, before, after, expected) => {
  expect(rows(observed(wanted(before)), wanted(after))).toEqual(expected);
});

test('who will read a Secret only after the next deployment goes on as it is', () => {
  const traefik = workload('DaemonSet', 'traefik', { spec: { template: {} } });
  const strict = cluster((document) => document.setIn(['edge', 'adminBasicAuth'], true));
  const users = { ADMIN_BASIC_AUTH_USERS: 'me:$2y$05$abcdefghijklmnopqrstuv' };
  const text = Object.entries({ ...GIVEN, ...users }).map(([name, value]) => `${name}='${value}'`);
  const want = wantedSecrets(strict, readProdEnv(text.join('\n'), 'prod.env', strict));
  expect(rows(observed(wanted(), { workloads: [traefik] }), want)).toEqual([
    'create Secret traefik/admin-basic-auth: adds users',
  ]);
});

// kubectl apply without --server-side puts what it is given into an annotation, values and all (S-5).
test('a copy of the values in an annotation is removed', () => {
  const has = observed(wanted());
  const secrets = has.secrets.map((secret) => ({ ...secret, hasCopy: secret.name === 'honeydue-secrets' }));
  expect(rows({ ...has, secrets }, wanted())).toEqual([
    'change Secret honeydue/honeydue-secrets: removes the copy that kubectl apply left in an annotation',
  ]);
});

test('a Secret of another type stops it and says what to do; unknown keys are left alone', () => {
  const has = observed(wanted());
  const secrets = has.secrets.map(
    (secret): LiveSecret =>
      secret.name === 'gitea-credentials'
        ? { ...secret, type: 'Opaque' }
        : { ...secret, values: new Map([...secret.values, ['OLD', new Secret('x')]]) },
  );
  const plan = planSecrets({ ...has, secrets }, wanted(), spaces);
  expect(plan.problems).toEqual([
    expect.stringMatching(
      /^Secret honeydue\/gitea-credentials has the type Opaque.*kubectl -n honeydue delete/,
    ),
  ]);
  expect(plan.notes).toEqual([expect.stringMatching(/^Secret honeydue\/honeydue-secrets also holds OLD,/)]);
});

test('values are sent by standard input and nowhere else, never as stringData, with the workloads to restart', () => {
  const [secret] = wanted();
  const { words, input = '' } = setValues(
    [{ secret: secret as typeof secret & object, restart: ['api', 'redis'] }],
    '2026-11-25T12:00:00Z',
  );
  expect(words.join(' ')).toBe('apply --server-side --field-manager honeydue-secrets --force-conflicts -f -');
  expect(input).not.toMatch(/canary|stringData/);
  const [object] = (JSON.parse(input) as { items: KubeObject[] }).items;
  expect(object?.metadata.annotations).toEqual({
    'honeydue.dev/last-rotated': '2026-11-25T12:00:00Z',
    'honeydue.dev/restart-pending': 'api,redis',
  });
  const { FCM_SERVER_KEY = '' } = (object?.data ?? {}) as Record<string, string>;
  expect(Buffer.from(FCM_SERVER_KEY, 'base64').toString()).toBe(GIVEN.FCM_SERVER_KEY);
});

test('the pull secret is what the Docker client would write, and its parts are blacked out too', () => {
  const value = wanted()
    .find(({ name }) => name === 'gitea-credentials')
    ?.values.get('.dockerconfigjson') as Secret;
  const auth = Buffer.from(`admin:${GIVEN.REGISTRY_TOKEN}`).toString('base64');
  expect(JSON.parse(value.reveal())).toEqual({
    auths: { 'gitea.treytartt.com': { username: 'admin', password: GIVEN.REGISTRY_TOKEN, auth } },
  });
  const redact = redactor(unprintable(prodEnv(), wanted()));
  const sent = Buffer.from(value.reveal()).toString('base64');
  expect(redact(`${auth} ${sent} ${GIVEN.SECRET_KEY}`)).toBe('[redacted] [redacted] [redacted]');
});

describe('the step', () => {
  const site = openSite(join(__dirname, '../../../cluster.yaml'));

  /** A cluster that holds `objects`; it takes what it is told without becoming it. */
  function stepOver(objects: readonly KubeObject[], asked: Asked[] = []) {
    const answer = { apiVersion: 'v1', kind: 'List', items: objects };
    const kubectl = openKubectl(() => [server('h1', asked, () => ({ stdout: JSON.stringify(answer) }))]);
    return secretsStep({ kubectl, site, cluster: () => cluster(), prodEnv: async () => prodEnv() });
  }
  const run = { clock: testClock(), signal: new AbortController().signal, say: () => {} };
  const api = workloadsIn(readDist(site.dist).flatMap(({ objects }) => objects)).filter(
    ({ metadata }) => metadata.name === 'api',
  );

  function live(name: SecretName, annotations: Record<string, string> = {}): KubeObject {
    const {
      namespace: space,
      type,
      values,
    } = wanted().find((one) => one.name === name) as never as {
      namespace: string;
      type: string;
      values: Map<string, Secret>;
    };
    const data = [...values].map(([key, value]) => [key, Buffer.from(value.reveal()).toString('base64')]);
    const metadata = { name, namespace: space, annotations };
    return { apiVersion: 'v1', kind: 'Secret', metadata, type, data: Object.fromEntries(data) };
  }

  test('asks once, and its plan shows no value', async () => {
    const asked: Asked[] = [];
    const step = stepOver([live('honeydue-secrets')], asked);
    const found = await step.observe(run);
    expect(asked).toHaveLength(1);
    expect(JSON.parse(asked[0]?.input ?? '').items).toHaveLength(13);
    expect(planText(step.plan(found))).toMatch(/create {2}cluster {2}Secret honeydue\/gitea-credentials/);
    expect(`${planText(step.plan(found))}${JSON.stringify(found)}`).not.toMatch(/canary/);
  });

  // Values were written and the operator's machine lost power before the restart: pods would go on with the old ones.
  test('a restart that an earlier run did not get to is made up for, and then forgotten', async () => {
    const asked: Asked[] = [];
    const left = live('honeydue-secrets', { 'honeydue.dev/restart-pending': 'api' });
    const done = { observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
    const step = stepOver(
      [left, live('gitea-credentials'), ...api.map((one) => ({ ...one, status: done }))],
      asked,
    );
    const found = await step.observe(run);
    const { changes } = step.plan(found);
    expect(changes.map(({ action, what }) => `${action} ${what}`)).toContain(
      'restart Deployment honeydue/api',
    );
    asked.length = 0;
    await step.apply(
      changes.filter(({ task }) => task.kind === 'restart'),
      found,
      run,
    );
    expect(asked.map(({ words }) => words.slice(2).join(' '))).toEqual([
      'rollout restart deployment/api -n honeydue --field-manager honeydue-restart',
      'annotate secret honeydue-secrets -n honeydue honeydue.dev/restart-pending- --field-manager honeydue-secrets',
      'get nodes,pods,deployments,statefulsets,daemonsets -A -o json',
    ]);
  });
});
