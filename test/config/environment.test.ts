import { appConfig, contentHash } from '../../config/environment.ts';
import { cluster, drop, swap } from './edits.ts';

/** What the applications read: a name or a group that is missing shows only when a user needs it. */

const without = {
  b2: drop('b2:\n  bucket: uploads\n  endpoint: s3.example.net\n'),
  apns: drop('apns:\n  topic: com.example.app\n'),
  appleClientID: drop('  appleClientID: com.example.signin\n'),
  tracesSamplerArg: drop('  tracesSamplerArg: 0.1\n'),
};

test('every value comes from its own key of cluster.yaml, as text', () => {
  expect(appConfig(cluster())).toEqual({
    DB_HOST: 'db.example.net',
    DB_PORT: '5432',
    DB_SSLMODE: 'require',
    POSTGRES_DB: 'honeyDue',
    POSTGRES_USER: 'owner',
    DEBUG: 'false',
    EMAIL_HOST: 'smtp.example.net',
    EMAIL_PORT: '587',
    REDIS_HOST: 'redis',
    REDIS_PORT: '6379',
    B2_BUCKET: 'uploads',
    B2_ENDPOINT: 's3.example.net',
    APNS_TOPIC: 'com.example.app',
    APPLE_CLIENT_ID: 'com.example.signin',
    OTEL_TRACES_SAMPLER_ARG: '0.1',
  });
});

test.each([
  ['b2', without.b2, ['B2_BUCKET', 'B2_ENDPOINT']],
  ['apns', without.apns, ['APNS_TOPIC']],
  ['app.appleClientID', without.appleClientID, ['APPLE_CLIENT_ID']],
  ['app.tracesSamplerArg', without.tracesSamplerArg, ['OTEL_TRACES_SAMPLER_ARG']],
])('without %s its variables are absent, not empty: an empty one would switch it on', (_, edit, names) => {
  const all = Object.keys(appConfig(cluster()));
  expect(Object.keys(appConfig(cluster(edit)))).toEqual(all.filter((name) => !names.includes(name)));
});

test('a share of 0 is a share, not an absence', () => {
  const config = appConfig(cluster(swap('tracesSamplerArg: 0.1', 'tracesSamplerArg: 0')));
  expect(config.OTEL_TRACES_SAMPLER_ARG).toBe('0');
});

describe('the fingerprint that rolls pods', () => {
  const base = contentHash({ A: '1', B: '2' });

  test('is short, and safe as the value of a label or an annotation', () => {
    expect(base).toMatch(/^[0-9a-f]{16}$/);
  });

  test('does not depend on the order of keys: moving a line rolls nothing', () => {
    expect(contentHash({ B: '2', A: '1' })).toBe(base);
  });

  test('tells apart what runs together when written in a row, and any other change', () => {
    const all: Record<string, string>[] = [
      {},
      { A: '1' },
      { A: '12' },
      { A1: '2' },
      { A: '2', B: '1' },
      { A: '1', B: '2', C: '' },
    ];
    const fingerprints = all.map(contentHash);
    expect(new Set([base, ...fingerprints]).size).toBe(all.length + 1);
  });

  test('stays the same from release to release, or an upgrade of Node would roll every pod', () => {
    expect(base).toBe('b520ef3fdba6b3bf');
  });
});
