import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOperatorKey } from '../../../bootstrap/src/operator-key.ts';
import { checkOperatorKey } from '../../../bootstrap/src/preflight/operator-key.ts';
import { type TestSite, testSite } from '../site.ts';

/** The key is tried as ssh will use it: without anybody to type a passphrase, on hosts that take some keys only. */

let site: TestSite;

const keygen = (...args: string[]) =>
  execFileSync('ssh-keygen', ['-q', '-f', site.env.HONEYDUE_SSH_KEY ?? '', ...args], { stdio: 'pipe' });

function makeKey(...args: string[]): void {
  const file = site.env.HONEYDUE_SSH_KEY ?? '';
  rmSync(file);
  rmSync(`${file}.pub`);
  keygen('-C', 'me', ...args);
}

const publicKey = () => readFileSync(`${site.env.HONEYDUE_SSH_KEY}.pub`, 'utf8').trim();

const problems = async () => (await checkOperatorKey(site.context())).problems;

beforeEach(async () => {
  site = await testSite();
  // A key of whoever runs the tests must not help.
  delete process.env.SSH_AUTH_SOCK;
});

test('without a passphrase it serves', async () => {
  makeKey('-t', 'ed25519', '-N', '');
  expect(await problems()).toEqual([]);
});

describe('with a passphrase', () => {
  beforeEach(() => makeKey('-t', 'ed25519', '-N', 'secret words'));

  test('it stops the run at once, not at the first host', async () => {
    expect(await problems()).toEqual([
      expect.stringMatching(/has a passphrase, and no agent holds it.*ssh-add/),
    ]);
  });

  test('it serves while an agent holds it', async () => {
    const agent = execFileSync('ssh-agent', ['-s']).toString();
    const [, socket = ''] = /SSH_AUTH_SOCK=([^;]+)/.exec(agent) ?? [];
    const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(agent) ?? [];
    try {
      process.env.SSH_AUTH_SOCK = socket;
      const askpass = join(site.folder, 'askpass');
      writeFileSync(askpass, '#!/bin/sh\necho secret words\n', { mode: 0o700 });
      execFileSync('ssh-add', [site.env.HONEYDUE_SSH_KEY ?? ''], {
        stdio: 'pipe',
        env: { ...process.env, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' },
      });
      expect(await problems()).toEqual([]);
    } finally {
      process.kill(Number(pid));
    }
  });
});

test('with the .pub file of another key it is refused: the hosts would be given a key that nobody has', async () => {
  makeKey('-t', 'ed25519', '-N', '');
  const other = publicKey();
  makeKey('-t', 'ed25519', '-N', '');
  writeFileSync(`${site.env.HONEYDUE_SSH_KEY}.pub`, `${other}\n`);
  expect(await problems()).toEqual([expect.stringMatching(/id\.pub is not the public key of .*id\./)]);
});

test('readable by others it is refused, in the words of ssh', async () => {
  makeKey('-t', 'ed25519', '-N', '');
  chmodSync(site.env.HONEYDUE_SSH_KEY ?? '', 0o644);
  expect(await problems()).toEqual([expect.stringMatching(/cannot be used: .*0644/)]);
});

test('too short for the hosts it is refused: sshd would, once it is hardened', async () => {
  makeKey('-t', 'rsa', '-b', '2048', '-N', '');
  expect(await problems()).toEqual([expect.stringMatching(/RSA of 3072 bits or more/)]);
});

describe('with a list of operators', () => {
  const listed = (key: string) => (text: string) => `${text}operators:\n  - ${key}\n`;
  const append = (key: string) => writeFileSync(site.config, listed(key)(readFileSync(site.config, 'utf8')));

  test('a key that is on it serves, whatever its comment', async () => {
    makeKey('-t', 'ed25519', '-N', '');
    append(publicKey().replace(/ me$/, ' somebody'));
    expect(await problems()).toEqual([]);
  });

  test('one that is not would shut its owner out', async () => {
    makeKey('-t', 'ed25519', '-N', '');
    append(publicKey());
    makeKey('-t', 'ed25519', '-N', '');
    expect(await problems()).toEqual([expect.stringMatching(/not among operators .* would shut you out/)]);
  });
});

describe('is found', () => {
  const make = (name: string) => {
    execFileSync('mkdir', ['-p', join(site.folder, '.ssh')]);
    for (const end of ['', '.pub'])
      copyFileSync(join(site.folder, `id${end}`), join(site.folder, '.ssh', `${name}${end}`));
  };
  const found = () => findOperatorKey({ HOME: site.folder }).identity;

  test('under its usual names, the best first', () => {
    make('id_rsa');
    expect(found()).toBe(join(site.folder, '.ssh/id_rsa'));
    make('id_ed25519');
    expect(found()).toBe(join(site.folder, '.ssh/id_ed25519'));
    rmSync(join(site.folder, '.ssh/id_ed25519.pub'));
    expect(found()).toBe(join(site.folder, '.ssh/id_rsa'));
  });

  test('nowhere: it says where it looked and how to make one', () => {
    expect(found).toThrow(/looked for .*\/\.ssh\/id_ed25519, .*ssh-keygen -t ed25519/);
    const named = { HOME: site.folder, HONEYDUE_SSH_KEY: '/nowhere' };
    expect(() => findOperatorKey(named)).toThrow(/looked for \/nowhere\. HONEYDUE_SSH_KEY must name/);
  });
});
