import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preflightStep } from '../../../bootstrap/src/preflight/step.ts';
import { hetznerStep } from '../../../bootstrap/src/servers/hetzner.ts';
import { staticStep } from '../../../bootstrap/src/servers/static.ts';
import { secretKeys } from '../../../config/secrets.ts';
import { cluster } from '../../clusters.ts';
import { labReadToken, labToken } from '../../lab/cloud/index.ts';
import { type Bench, bench } from '../cloud.ts';
import { useFakeSsh } from '../fake-ssh.ts';
import { planOf, type TestSite, testSite, withoutAddresses } from '../site.ts';

/** What would fail is told before anything is changed, all of it at once. */

/** Everything in place, so that what a test breaks is all that is told. */
async function ready(edit?: (text: string) => string): Promise<TestSite> {
  const site = await testSite(edit);
  const identity = site.env.HONEYDUE_SSH_KEY ?? '';
  for (const file of [identity, `${identity}.pub`]) rmSync(file);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', identity]);
  writeFileSync(join(site.folder, 'prod.env'), prodEnv, { mode: 0o600 });
  return site;
}

const prodEnv = secretKeys(cluster())
  .filter(({ required }) => required)
  .map(
    ({ name }) =>
      `${name}='${name === 'EMAIL_HOST_USER' ? 'a@example.com' : 'canary-0123456789abcdef0123456789'}'\n`,
  )
  .join('');

async function atHetzner(edit?: (text: string) => string, token = labToken) {
  const on = await bench();
  const site = await ready(edit);
  Object.assign(site.env, { HCLOUD_TOKEN: token, HCLOUD_ENDPOINT: on.cloud.url });
  return { on, site, context: site.context({ clock: on.clock }) };
}

const preflight = (site: TestSite) => {
  const context = site.context();
  return planOf(preflightStep(context), context);
};

test('with everything in place there is no problem, and secrets are blacked out from then on', async () => {
  const { site, context } = await atHetzner();
  const { problems, changes } = await planOf(preflightStep(context), context);
  expect([problems, changes]).toEqual([[], []]);
  expect(site.redact(`token ${labToken}, value canary-0123456789abcdef0123456789`)).toBe(
    'token [redacted], value [redacted]',
  );
});

// An operator who is told of one mistake a run gives up, or starts to guess.
test('everything that is missing is told in one go', async () => {
  const site = await testSite();
  const file = join(site.folder, 'id.pub');
  rmSync(file);
  writeFileSync(site.config, readFileSync(site.config, 'utf8').replace('api:237c6b8', 'api:0000001'));
  const { problems } = await preflight(site);
  expect(problems).toEqual([
    expect.stringMatching(/^No SSH key with its \.pub file/),
    expect.stringMatching(/prod\.env: not there: copy prod\.env\.example/),
    expect.stringMatching(
      /dist\/ is not what .*cluster\.yaml renders: 40-api\.k8s\.yaml\. Run npm run synth/,
    ),
    expect.stringMatching(/^HCLOUD_TOKEN is not set/),
  ]);
});

test('what two checks stumble over is told once', async () => {
  const site = await ready((text) =>
    withoutAddresses(text).replace('ssh: [0.0.0.0/0, "::/0"]', 'ssh: [0.0.0.0/0]'),
  );
  expect((await preflight(site)).problems).toEqual([expect.stringMatching(/^HCLOUD_TOKEN is not set/)]);
});

describe('at Hetzner', () => {
  const problemsOf = async (
    edit: undefined | ((text: string) => string),
    token: string,
    prepare?: (on: Bench) => Promise<unknown>,
  ) => {
    const { on, context } = await atHetzner(edit, token);
    await prepare?.(on);
    return (await planOf(preflightStep(context), context)).problems;
  };

  test('a token that is not valid, told once', async () => {
    expect(await problemsOf(undefined, 'no-such-token')).toEqual([
      expect.stringMatching(/The token is not valid/),
    ]);
  });

  test('a token that may only read', async () => {
    expect(await problemsOf(undefined, labReadToken)).toEqual([
      expect.stringMatching(/The token may only read/),
    ]);
  });

  test('what the step servers would refuse', async () => {
    const problems = await problemsOf(
      (text) => withoutAddresses(text).replace('image: ubuntu-24.04', 'image: ubuntu-99.04'),
      labToken,
      ({ cloud }) => cloud.control.setAvailability('cx33', 'nbg1', false),
    );
    expect(problems).toEqual([
      expect.stringMatching(/cx33 is not available in nbg1/),
      expect.stringMatching(/no image ubuntu-99\.04/),
    ]);
  });

  // Requests are counted by the provider, and a run that has nothing to do should take no time.
  test('the step after it does not ask for the same again', async () => {
    const { on, context } = await atHetzner();
    await planOf(preflightStep(context), context);
    const asked = (await on.cloud.control.requests()).length;
    const { changes } = await planOf(
      hetznerStep(context, async () => true),
      context,
    );
    expect(changes.length).toBeGreaterThan(0);
    expect((await on.cloud.control.requests()).length).toBe(asked);
    await planOf(
      hetznerStep(context, async () => true),
      context,
    );
    expect((await on.cloud.control.requests()).length).toBeGreaterThan(asked);
  });
});

/** Three hosts of somebody else's, with documentation addresses: none of them exists. */
const onExistingHosts = (text: string) =>
  text
    .replace(/kind: hetzner\n.*\n.*\n.*\n/, 'kind: static\n')
    .replace(/publicIPv6: .*/g, '')
    .replace('178.104.247.152', '192.0.2.1')
    .replace('178.105.32.198', '192.0.2.2')
    .replace('178.104.249.189', '192.0.2.3');
const letIn = (networks: string) => (text: string) =>
  onExistingHosts(text).replace('ssh: [0.0.0.0/0, "::/0"]', `ssh: [${networks}]`);

describe('hosts that exist', () => {
  test('are looked at once each, by a program that runs on them, and seen to let us in', async () => {
    const site = await ready(onExistingHosts);
    const logins = useFakeSsh(site.folder, '198.51.100.9');
    const context = site.context();
    const { problems } = await planOf(preflightStep(context), context);
    // This machine may well be smaller than a host should be.
    for (const problem of problems) expect(problem).toMatch(/^hetzner\d has .*(CPU|memory|free)/);
    expect((await planOf(staticStep(context), context)).problems).toEqual([]);
    expect(logins().sort()).toEqual(['deploy@192.0.2.1', 'deploy@192.0.2.2', 'deploy@192.0.2.3']);
  });

  test('one that does not answer is told along with everything else, and by the step servers alone', async () => {
    const site = await ready(onExistingHosts);
    useFakeSsh(site.folder, '198.51.100.9', ['192.0.2.2']);
    const silent = expect.stringMatching(/^hetzner2: ssh deploy@192\.0\.2\.2: .*timed out\n.*firewall\.ssh/);
    expect((await preflight(site)).problems).toContainEqual(silent);
    const context = site.context();
    expect((await planOf(staticStep(context), context)).problems).toEqual([silent]);
  });
});

describe('the operator’s own address', () => {
  const aboutAddress = ({ problems, notes }: { problems: readonly string[]; notes: readonly string[] }) =>
    [...problems, ...notes].filter((text) => /firewall\.ssh/.test(text));

  // After the firewall is up nobody could correct it from here.
  test('outside firewall.ssh stops the run, with the line to add', async () => {
    const site = await ready(letIn('203.0.113.0/24'));
    useFakeSsh(site.folder, '198.51.100.9');
    expect(aboutAddress(await preflight(site))).toEqual([
      expect.stringMatching(
        /see you come from 198\.51\.100\.9, which is in no network.*Add 198\.51\.100\.9\/32/,
      ),
    ]);
  });

  test.each(['198.51.100.0/24', '0.0.0.0/0'])('inside %s is fine', async (network) => {
    const site = await ready(letIn(network));
    useFakeSsh(site.folder, '198.51.100.9');
    expect(aboutAddress(await preflight(site))).toEqual([]);
  });

  test('of IPv6 is compared with the networks of IPv6', async () => {
    const site = await ready(letIn('0.0.0.0/0, "2001:db8:1::/64"'));
    useFakeSsh(site.folder, '2001:db8:2::9');
    expect(aboutAddress(await preflight(site))).toEqual([expect.stringMatching(/Add 2001:db8:2::9\/128/)]);
  });

  test('that no host has seen yet cannot be told, which is said', async () => {
    const { context } = await atHetzner((text) =>
      withoutAddresses(text).replace('ssh: [0.0.0.0/0, "::/0"]', 'ssh: [203.0.113.0/24]'),
    );
    expect(aboutAddress(await planOf(preflightStep(context), context))).toEqual([
      expect.stringMatching(/lets in 203\.0\.113\.0\/24 only.*cannot be told/),
    ]);
  });
});

test('what is not committed is noted, not refused: recording addresses is such a change', async () => {
  const site = await ready(onExistingHosts);
  useFakeSsh(site.folder, '198.51.100.9');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', site.folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
  git('init', '-q');
  writeFileSync(join(site.folder, '.gitignore'), 'prod.env\n');
  git('add', '.');
  git('commit', '-qm', 'all');
  const uncommitted = async () =>
    (await preflight(site)).notes.filter((text) => text.startsWith('Not committed'));
  expect(await uncommitted()).toEqual([]);
  writeFileSync(site.config, `${readFileSync(site.config, 'utf8')}# more\n`);
  writeFileSync(join(site.folder, 'known_hosts'), 'hetzner1 ssh-ed25519 AAAA\n');
  expect(await uncommitted()).toEqual([
    expect.stringMatching(/^Not committed: cluster\.yaml, known_hosts\./),
  ]);
});
