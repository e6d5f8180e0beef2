import type { HostFacts } from '../../bootstrap/src/host/facts.ts';
import { planAccount } from '../../bootstrap/src/hosts/authorized-keys.ts';
import { planHost } from '../../bootstrap/src/hosts/plan-host.ts';
import { planSwap } from '../../bootstrap/src/hosts/swap.ts';
import { filesOfHosts } from '../../bootstrap/src/hosts/wanted.ts';
import { hostPackages, hostServices, hostTimers } from '../../config/hosts/packages.ts';
import { sshdFile, sshdSettings } from '../../config/hosts/sshd.ts';
import { sysctls } from '../../config/hosts/sysctl.ts';
import type { Node } from '../../config/schema.ts';
import { cluster } from '../clusters.ts';
import { freshFacts, sha256 } from './hosts.ts';

const node = cluster().nodes[0] as Node;
const own = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDO4lbkGg7+eDn+UAfV7eLCwdw6tmOckU7204qDon2+p ann@example';
const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBztzZw4YL+3PyF5rtH8SPL0VXjnYZ4QSmvyVn3tXMC5 bob@example';
const KEYS = '/home/deploy/.ssh/authorized_keys';

const file = (content: string, mode = '0644', owner = 'root:root') => ({
  content,
  mode,
  owner,
  sha256: sha256(content),
});

/** A host that is as it should be. */
function rightFacts(): HostFacts {
  const active = { active: 'active', enabled: 'enabled', since: 1 };
  return {
    ...freshFacts(node),
    users: { deploy: { uid: 1000, home: '/home/deploy', shell: '/bin/bash' } },
    files: {
      ...Object.fromEntries(
        filesOfHosts(cluster(), node).map(({ path, content, mode, owner }) => [
          path,
          file(content, mode, owner),
        ]),
      ),
      [KEYS]: file(`${own}\n`, '0600', 'deploy:deploy'),
    },
    sysctls: Object.fromEntries(Object.entries(sysctls).map(([key, value]) => [key, String(value)])),
    units: Object.fromEntries([...hostServices, ...hostTimers].map((unit) => [unit, active])),
    packages: Object.fromEntries(hostPackages.map((name) => [name, '1'])),
    commands: {
      sshd: {
        exitCode: 0,
        stdout: sshdSettings.map(([key, value]) => `${key.toLowerCase()} ${value}\n`).join(''),
        stderr: '',
      },
    },
  };
}

const plan = (facts: HostFacts) => planHost(cluster(), { own, listed: undefined }, { node, facts });

test('a host as it should be: nothing to do, and nothing to say', () => {
  expect(plan(rightFacts())).toEqual({ changes: [], problems: [], notes: [] });
});

// From then on only the new account gets in: before it is there, everybody would be shut out.
test('sshd changes last, when the account, its key and its rights are there', () => {
  const what = plan(freshFacts(node)).changes.map((change) => change.what);
  expect(what.at(-1)).toBe(`file ${sshdFile.path}`);
  expect(what.indexOf('user deploy')).toBeLessThan(what.indexOf(`file ${KEYS}`));
});

test('a file with the right text and the wrong rights is put right, and shown without a diff', () => {
  const facts = rightFacts();
  const files = {
    ...facts.files,
    '/etc/sudoers.d/90-honeydue': {
      ...file('', '0644'),
      content: facts.files['/etc/sudoers.d/90-honeydue']?.content ?? '',
    },
  };
  expect(plan({ ...facts, files }).changes).toMatchObject([
    { what: 'file /etc/sudoers.d/90-honeydue', detail: '0644 root:root becomes 0440 root:root' },
  ]);
  expect(plan({ ...facts, files }).changes[0]).not.toHaveProperty('file');
});

test('a setting of sshd that another file overrules is told: our file alone proves nothing', () => {
  const facts = rightFacts();
  const stdout = (facts.commands.sshd?.stdout ?? '').replace(
    'passwordauthentication no',
    'passwordauthentication yes',
  );
  const commands = { sshd: { exitCode: 0, stdout, stderr: '' } };
  expect(plan({ ...facts, commands }).problems).toEqual([
    expect.stringMatching(/hetzner1: sshd has PasswordAuthentication yes, .* says no/),
  ]);
});

describe('who may log in', () => {
  const withKeys = (...keys: string[]): HostFacts => ({
    ...rightFacts(),
    files: { [KEYS]: file(`${keys.join('\n')}\n`, '0600', 'deploy:deploy') },
  });
  const keysAfter = (listed: readonly string[] | undefined, ...keys: string[]) => {
    const [change] = planAccount('hetzner1', { own, listed }, withKeys(...keys)).changes;
    return change?.file?.after;
  };

  test('without a list, others stay and are told; the own key is added', () => {
    expect(keysAfter(undefined, other)).toBe(`${other}\n${own}\n`);
    const { notes } = planAccount('hetzner1', { own, listed: undefined }, withKeys(own, other));
    expect(notes).toEqual([expect.stringContaining('bob@example may log in too')]);
  });

  test('with a list it is exact: who has left is out', () => {
    expect(keysAfter([own], own, other)).toBe(`${own}\n`);
    expect(keysAfter([own, other], own, other)).toBeUndefined();
  });

  test('a list without the own key is refused: the run would end in front of a closed door', () => {
    const { changes, problems } = planAccount('hetzner1', { own, listed: [other] }, withKeys(own));
    expect(changes).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(/ann@example.*is not in operators/)]);
  });

  test('the same key under another comment is the same key', () => {
    expect(keysAfter(undefined, own.replace('ann@example', 'laptop'))).toBeUndefined();
  });
});

test('swap goes off now and after a reboot; what is commented out already stays so', () => {
  const fstab = 'UUID=1 / ext4 defaults 0 1\n/swapfile none swap sw 0 0\n#/old none swap sw 0 0\n';
  const facts = { ...rightFacts(), swaps: ['/swapfile'], files: { '/etc/fstab': file(fstab) } };
  const changes = planSwap('hetzner1', facts);
  expect(changes.map(({ what }) => what)).toEqual(['file /etc/fstab', 'swap']);
  expect(changes[0]?.file?.after).toBe(
    'UUID=1 / ext4 defaults 0 1\n# honeydue: no swap: /swapfile none swap sw 0 0\n#/old none swap sw 0 0\n',
  );
});
