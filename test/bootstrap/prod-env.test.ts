import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { parseEnv } from '../../bootstrap/src/secrets/parse-env.ts';
import { type ProdEnv, readProdEnv } from '../../bootstrap/src/secrets/prod-env.ts';
import { loadProdEnv } from '../../bootstrap/src/secrets/prod-env-file.ts';
import { redactor } from '../../bootstrap/src/secrets/redact.ts';
import { Secret } from '../../bootstrap/src/secrets/secret.ts';
import { secretKeys } from '../../config/secrets.ts';
import { cluster, variants } from '../clusters.ts';

/** prod.env means one thing to everybody or is refused, with all its mistakes at once and none of its values. */

const privateKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

const apnsKey = privateKey();

/** A value of the right format, and like no other, so that it can be looked for. */
function sample(name: string): string {
  if (name === 'EMAIL_HOST_USER') return 'mailer-canary@example.com';
  if (name === 'OBS_TRACES_URL') return 'https://obs.example.com/v1/traces';
  if (name === 'APNS_AUTH_KEY') return apnsKey;
  if (name === 'ADMIN_BASIC_AUTH_USERS') return 'ann:$2y$05$canary';
  return `canary-${name.toLowerCase()}-0123456789abcdef0123`;
}

const assignment = (name: string, value = sample(name)) => `${name}="${value.replace(/[\\"$]/g, '\\$&')}"`;

const names = secretKeys(cluster()).map(({ name }) => name);
const complete = names.map((name) => assignment(name)).join('\n');
const without = (name: string) =>
  complete
    .split('\n')
    .filter((line) => !line.startsWith(`${name}=`))
    .join('\n');

function messagesOf(text: string, of = cluster()): string[] {
  try {
    readProdEnv(text, 'prod.env', of);
    return [];
  } catch (error) {
    return String((error as Error).message).split('\n');
  }
}

const revealed = ({ values }: ProdEnv) =>
  Object.fromEntries([...values].map(([name, secret]) => [name, secret.reveal()]));

test('a complete file gives every value that the cluster asks for', () => {
  const { values, notes } = readProdEnv(complete, 'prod.env', cluster());
  expect(revealed({ values, notes })).toEqual(Object.fromEntries(names.map((name) => [name, sample(name)])));
  expect(notes).toEqual([]);
});

describe('what may stand in a line', () => {
  test.each([
    ['A=plain', 'plain'],
    ['A=a=b&c?d:e/f%20$HOME`id`\\n', 'a=b&c?d:e/f%20$HOME`id`\\n'],
    ['A=', ''],
    ['A=value   ', 'value'],
    ['A=\'a # "b" $c \\n\'', 'a # "b" $c \\n'],
    ["A='quoted' # why", 'quoted'],
    ['A="a # \'b\' $c `d`"', "a # 'b' $c `d`"],
    ['A="tab\\\\n \\"q\\" \\$x"', 'tab\\n "q" $x'],
    ['A="one\\ntwo"', 'one\ntwo'],
    ['A="one\ntwo\n"', 'one\ntwo\n'],
    ['A="one\r\ntwo"\r\n', 'one\ntwo'],
    ['\uFEFF# a comment\n\n  A=after', 'after'],
  ])('%j', (text, value) => {
    expect(parseEnv(text)).toMatchObject({ entries: [{ name: 'A', value }], problems: [] });
  });
});

describe('what is refused, and where', () => {
  test.each([
    ['export A=1', '1:1', /no export/],
    ['A = 1', '1:2', /expected = right after/],
    ['a=1', '1:1', /upper-case/],
    ['A=two words', '1:6', /single quotes/],
    ['A=one # comment', '1:6', /single quotes/],
    ['A=it"s', '1:5', /single quotes/],
    ["A='open", '1:3', /not closed on its line/],
    ['\nA="open\n\nB=1', '2:3', /never closed/],
    ['A="x" y', '1:6', /follows the closing quote/],
    ['A="\\d"', '1:4', /\\ only stands before/],
    ['A="bell\u0007"', '1:3', /control character/],
    ['A=old\rB=mac', '1:6', /single quotes/],
  ])('%j at %s', (text, where, message) => {
    const [problem] = parseEnv(text).problems;
    expect(`${problem?.line}:${problem?.column}`).toBe(where);
    expect(problem?.text).toMatch(message);
  });

  test('a key that lost its quotes is one mistake, and the line after it is read', () => {
    const { entries, problems } = parseEnv(`A=${apnsKey}\nB=1\n`);
    expect(problems).toHaveLength(1);
    expect(entries).toMatchObject([{ name: 'B' }]);
  });

  // An operator who fixes one mistake a run gives up, or starts to guess.
  test('all mistakes are named at once, in the order of the file, what is missing last', () => {
    const text = [
      'SECRET_KEY=short',
      'REDIS_PASWORD=whatever-it-is-0123456789',
      without('SECRET_KEY')
        .replace(assignment('B2_KEY_ID'), 'B2_KEY_ID=')
        .replace(/^POSTGRES.*\n/m, ''),
      assignment('FCM_SERVER_KEY'),
    ].join('\n');
    expect(messagesOf(text)).toEqual([
      expect.stringMatching(/^prod\.env:1:1: SECRET_KEY: is shorter than 32/),
      expect.stringMatching(/^prod\.env:2:1: REDIS_PASWORD: unknown key; did you mean REDIS_PASSWORD\?/),
      expect.stringMatching(/^prod\.env:\d+:1: B2_KEY_ID: empty, required when cluster\.yaml has b2/),
      expect.stringMatching(/^prod\.env:\d+:1: FCM_SERVER_KEY: a second time; the first is in line \d+/),
      expect.stringMatching(/^prod\.env: POSTGRES_PASSWORD: missing, required .*Neon console/),
    ]);
  });

  test.each(['CHANGE_ME', 'changeme', 'TODO', '<token>', 'xxxx', '   '])('%j is no value', (value) => {
    expect(
      messagesOf(complete.replace(assignment('REGISTRY_TOKEN'), `REGISTRY_TOKEN='${value}'`)),
    ).toHaveLength(1);
  });

  test.each([
    ['EMAIL_HOST_USER', 'nobody', /mail address/],
    ['OBS_TRACES_URL', 'http://obs.example.com', /https/],
    ['APNS_AUTH_KEY', 'AuthKey_123.p8', /whole file in double quotes/],
    ['APNS_AUTH_KEY', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', /damaged/],
    ['REDIS_PASSWORD', 'two words are too many', /one word/],
  ])('%s with the format of something else', (name, value, message) => {
    const messages = messagesOf(complete.replace(assignment(name), assignment(name, value)));
    expect(messages).toEqual([expect.stringMatching(message)]);
    expect(messages[0]).not.toContain(value);
  });

  test('a message never holds a value', () => {
    const broken = [
      `${complete}"`,
      complete.replaceAll('="', '=').replaceAll('"\n', ' x\n'),
      complete.replaceAll('_', ''),
    ];
    for (const text of broken) expect(messagesOf(text).join('\n')).not.toMatch(/canary|mailer|MIG/);
  });
});

describe('what the cluster asks for', () => {
  test('optional values may be empty or absent, and are then not there', () => {
    const text = without('OBS_TRACES_URL').replace(assignment('REDIS_PASSWORD'), 'REDIS_PASSWORD=');
    const { values } = readProdEnv(text, 'prod.env', cluster());
    expect([values.has('REDIS_PASSWORD'), values.has('OBS_TRACES_URL')]).toEqual([false, false]);
  });

  test('without b2 its keys are not asked for, and given ones are noted', () => {
    const { values, notes } = readProdEnv(complete, 'prod.env', variants['without b2 and apns']());
    expect(values.has('B2_KEY_ID')).toBe(false);
    expect(notes).toContain('B2_KEY_ID is given and not used: it would be if cluster.yaml has b2.');
  });

  test('half a group of b2 is refused', () => {
    expect(messagesOf(without('B2_APP_KEY'))).toEqual([
      expect.stringMatching(/B2_APP_KEY: missing, required when/),
    ]);
  });

  test('a certificate in strict mode must be one, with its own key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'prod-env-'));
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=x',
    ];
    const cert = execFileSync('openssl', [...args, '-keyout', join(folder, 'key')], {
      stdio: 'pipe',
    }).toString();
    const key = execFileSync('cat', [join(folder, 'key')]).toString();
    rmSync(folder, { recursive: true });
    const of = variants['strict edge']();
    const text = (c: string, k: string) =>
      [complete, assignment('CLOUDFLARE_ORIGIN_CERT', c), assignment('CLOUDFLARE_ORIGIN_KEY', k)].join('\n');
    expect(messagesOf(text(cert, key), of)).toEqual([]);
    expect(messagesOf(text(cert, privateKey()), of)).toEqual([
      expect.stringMatching(/is not the key of CLOUDFLARE/),
    ]);
    expect(messagesOf(text('not one', key), of)).toEqual([expect.stringMatching(/certificate in PEM form/)]);
  });
});

describe('the file itself', () => {
  let folder: string;
  const file = () => join(folder, 'prod.env');
  const load = () => loadProdEnv(file(), cluster());
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { stdio: 'pipe' });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prod-env-'));
    git('init', '-q');
    writeFileSync(join(folder, '.gitignore'), 'prod.env\n');
    writeFileSync(file(), complete, { mode: 0o600 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('mode 0600, no link, ignored by git: it is read', async () => {
    expect((await load()).values.size).toBe(names.length);
  });

  test('readable by others', async () => {
    chmodSync(file(), 0o640);
    await expect(load()).rejects.toThrow(/mode 0640, others may read it: chmod 600/);
  });

  test('a link, which may lead anywhere', async () => {
    renameSync(file(), join(folder, 'elsewhere'));
    symlinkSync('elsewhere', file());
    await expect(load()).rejects.toThrow(/symbolic link/);
  });

  test('in git, or about to be', async () => {
    git('add', '-f', 'prod.env');
    await expect(load()).rejects.toThrow(/is in git.*renew every value/);
    git('rm', '-q', '--cached', 'prod.env');
    rmSync(join(folder, '.gitignore'));
    await expect(load()).rejects.toThrow(/not ignored by git/);
  });

  test('what is wrong with the file and what is wrong in it come together', async () => {
    writeFileSync(file(), without('SECRET_KEY'));
    chmodSync(file(), 0o644);
    await expect(load()).rejects.toThrow(
      /SECRET_KEY: missing[\s\S]*mode 0644|mode 0644[\s\S]*SECRET_KEY: missing/,
    );
  });

  test('not there', async () => {
    rmSync(file());
    await expect(load()).rejects.toThrow(/copy prod\.env\.example/);
  });
});

describe('a secret', () => {
  const secret = new Secret('canary-value');

  // These are the ways in which values got into logs elsewhere.
  test.each([
    ['a template', () => `${secret}`],
    ['String', () => String({ toString: () => secret.toString() })],
    ['JSON', () => JSON.stringify({ secret })],
    ['console.log', () => inspect({ deep: { list: [secret] } }, { depth: 9, showHidden: true })],
    ['%o of an error', () => inspect(Object.assign(new Error('x'), { secret }))],
    ['its keys', () => Object.keys(secret).join() + JSON.stringify({ ...secret })],
  ])('does not show in %s', (_, show) => {
    expect(show()).not.toContain('canary');
  });

  test('is blacked out of what other programs print, however they wrote it', () => {
    const value = 'p"ss wörd/1??\nsecond-line-of-it';
    const redact = redactor([new Secret(value), new Secret('abc')]);
    const forms = [
      value,
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      Buffer.from(value).toString('base64'),
    ];
    for (const form of [...forms, 'second-line-of-it']) {
      expect(redact(`before ${form} after`)).toBe('before [redacted] after');
    }
    // A value of three letters would black out half the log.
    expect(redact('abcdef')).toBe('abcdef');
  });
});
