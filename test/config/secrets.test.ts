import { secretVariables } from '../../config/environment.ts';
import type { Workload } from '../../config/names.ts';
import { prodEnvExample } from '../../config/prod-env-example.ts';
import { allSecretKeys, secretKeys, secrets } from '../../config/secrets.ts';
import { all, cluster, drop, type Edit, swap } from './edits.ts';

/**
 * Who may read which secret, written out a second time: a reader more is a secret that leaks further than was
 * decided, a reader less is a pod that starts without what it needs.
 */

const flexible = all(
  swap('tls: strict', 'tls: flexible'),
  drop('  originPullCA: "-----BEGIN CERTIFICATE-----"\n'),
);
const withoutAdminAuth = swap('adminBasicAuth: true', 'adminBasicAuth: false');
const withoutB2 = drop('b2:\n  bucket: uploads\n  endpoint: s3.example.net\n');
const withoutAPNs = drop('apns:\n  topic: com.example.app\n');

const app: Record<string, string> = {
  'honeydue-secrets/POSTGRES_PASSWORD': 'api worker',
  'honeydue-secrets/SECRET_KEY': 'api worker',
  'honeydue-secrets/EMAIL_HOST_USER': 'api worker',
  'honeydue-secrets/EMAIL_HOST_PASSWORD': 'api worker',
  'honeydue-secrets/FCM_SERVER_KEY': 'api worker',
  'honeydue-secrets/REDIS_PASSWORD': 'api worker redis',
  'honeydue-secrets/OBS_TRACES_URL': 'api worker',
  'honeydue-secrets/OBS_INGEST_TOKEN': 'api worker vmagent',
  'gitea-credentials/.dockerconfigjson': 'kubelet',
};
const b2 = { 'honeydue-secrets/B2_KEY_ID': 'api worker', 'honeydue-secrets/B2_APP_KEY': 'api worker' };
const apns = { 'honeydue-apns-key/apns_auth_key.p8': 'api worker' };
const origin = { 'cloudflare-origin-cert/tls.crt': 'traefik', 'cloudflare-origin-cert/tls.key': 'traefik' };
const adminAuth = { 'admin-basic-auth/users': 'traefik' };

const modes: [string, Edit[], Record<string, string>][] = [
  ['strict edge', [], { ...app, ...b2, ...apns, ...origin, ...adminAuth }],
  ['flexible edge', [flexible], { ...app, ...b2, ...apns, ...adminAuth }],
  ['strict edge, no password for admin', [withoutAdminAuth], { ...app, ...b2, ...apns, ...origin }],
  ['flexible edge, no password for admin', [flexible, withoutAdminAuth], { ...app, ...b2, ...apns }],
  ['without b2', [withoutB2], { ...app, ...apns, ...origin, ...adminAuth }],
  ['without apns', [withoutAPNs], { ...app, ...b2, ...origin, ...adminAuth }],
  ['with as little as possible', [flexible, withoutAdminAuth, withoutB2, withoutAPNs], app],
];

test.each(modes)('%s: these keys, and these readers of each', (_, edits, expected) => {
  const keys = secretKeys(cluster(...edits));
  const matrix = keys.map(({ secret, key, readers }) => [`${secret}/${key}`, readers.join(' ')]);
  expect(Object.fromEntries(matrix)).toEqual(expected);
  expect(keys).toHaveLength(Object.keys(expected).length);
});

/** admin holds nothing, and traefik, redis and vmagent no secret of the applications but the one they need. */
const variables: Record<Workload, string[]> = {
  api: Object.keys({ ...app, ...b2 }).flatMap((name) => /^honeydue-secrets\/(.*)$/.exec(name)?.[1] ?? []),
  worker: Object.keys({ ...app, ...b2 }).flatMap((name) => /^honeydue-secrets\/(.*)$/.exec(name)?.[1] ?? []),
  admin: [],
  redis: ['REDIS_PASSWORD'],
  traefik: [],
  vmagent: ['OBS_INGEST_TOKEN'],
};

test.each(Object.entries(variables))(
  '%s takes these variables from honeydue-secrets',
  (workload, expected) => {
    const names = secretVariables(cluster(), workload as Workload).map(({ name }) => name);
    expect(names.sort()).toEqual([...expected].sort());
  },
);

test('what may stay empty is only what has a way to be off; the rest stops a deployment that would not work', () => {
  expect(allSecretKeys.filter(({ required }) => !required).map(({ name }) => name)).toEqual([
    'REDIS_PASSWORD',
    'OBS_TRACES_URL',
    'OBS_INGEST_TOKEN',
    'APNS_AUTH_KEY',
  ]);
});

test('each name of prod.env, and each key of each Secret, has one source: a second would overwrite the first', () => {
  const names = allSecretKeys.map(({ name }) => name);
  const targets = allSecretKeys.map(({ secret, key }) => `${secret}/${key}`);
  expect([new Set(names).size, new Set(targets).size]).toEqual([allSecretKeys.length, allSecretKeys.length]);
});

test('names can be read by a shell, keys are allowed in a Secret, and every Secret has a key', () => {
  for (const { name, key } of allSecretKeys) {
    expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
    expect(key).toMatch(/^[-._a-zA-Z0-9]+$/);
  }
  expect(new Set(allSecretKeys.map(({ secret }) => secret))).toEqual(new Set(Object.keys(secrets)));
});

test('a Secret lives where its readers run: pods cannot read across namespaces', () => {
  const home = (reader: string) => (reader === 'traefik' ? 'traefik' : 'honeydue');
  for (const { secret, readers } of allSecretKeys) {
    expect([secret, ...readers.map(home)]).toEqual([secret, ...readers.map(() => secrets[secret].namespace)]);
  }
});

test('a condition is one for a whole Secret, so that none is there by half', () => {
  for (const secret of ['cloudflare-origin-cert', 'admin-basic-auth', 'honeydue-apns-key']) {
    const conditions = allSecretKeys.filter((key) => key.secret === secret).map(({ when }) => when?.text);
    expect([secret, new Set(conditions).size]).toEqual([secret, 1]);
  }
});

test('prod.env.example names every value and gives none', () => {
  const lines = prodEnvExample().split('\n');
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#'));
  expect(entries).toEqual(allSecretKeys.map(({ name }) => `${name}=`));
});
