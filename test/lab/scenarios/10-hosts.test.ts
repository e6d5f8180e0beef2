import { sshCommand } from '../commands/reach.ts';
import { from, host, PRODUCTION_HOSTS } from '../lab.ts';
import { withHosts } from '../testing/scenario.ts';
import { deployUser } from '../testing/users.ts';

const ALIASES = PRODUCTION_HOSTS.map(({ alias }) => alias);

withHosts(PRODUCTION_HOSTS, deployUser);

/** A command by ssh from the operator's place, without a terminal and without passwords. */
function ssh(user: string, address: string, command: string, extra = '') {
  const words = sshCommand(address, user).join(' ').replace('ssh ', `ssh -o BatchMode=yes ${extra} `);
  return from('operator').exec(`${words} '${command}'`, { timeoutMs: 30_000 });
}

describe('a server that was just created', () => {
  test.each(ALIASES)('%s runs without a failed unit', async (alias) => {
    expect((await host(alias).exec('systemctl is-system-running')).stdout.trim()).toBe('running');
  });

  test('has applied its user data once: user, file with mode, command, host name', async () => {
    for (const spec of PRODUCTION_HOSTS) {
      const facts = await host(spec.alias).must(
        'hostname; id -nG deploy; stat -c "%a %U" /etc/lab-note; cat /etc/lab-note /root/runcmd',
      );
      expect(facts.trim().split('\n')).toEqual([
        spec.hostname,
        'deploy sudo',
        '640 root',
        'from user data',
        'ran',
      ]);
    }
  });

  test('has host keys and a machine id of its own', async () => {
    const identities = await Promise.all(
      ALIASES.map((alias) => host(alias).must('cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub')),
    );
    expect(new Set(identities.flatMap((text) => text.trim().split('\n'))).size).toBe(2 * ALIASES.length);
  });

  test('has the cards of the provider: /32 addresses, the private network through its gateway', async () => {
    const { stdout } = await host('hetzner1').exec('ip -br -4 addr show; ip route; ip -6 route show default');
    expect(stdout).toMatch(/^eth0\S* +UP +203\.0\.113\.11\/32/m);
    expect(stdout).toMatch(/^enp7s0\S* +UP +10\.0\.0\.2\/32/m);
    expect(stdout).toMatch(/^default via 203\.0\.113\.1 dev eth0/m);
    expect(stdout).toMatch(/^10\.0\.0\.0\/16 via 10\.0\.0\.1 dev enp7s0/m);
    expect(stdout).toMatch(/^default via 2001:db8:113::1 dev eth0/m);
  });
});

describe('ssh', () => {
  test('lets the deploy user in with the key, by IPv4, IPv6 and name, and sudo gives root', async () => {
    for (const address of ['203.0.113.12', '2001:db8:113::12', 'hetzner2.lab']) {
      const answer = await ssh('deploy', address, 'sudo -n id -un; hostname');
      expect(answer).toMatchObject({ exitCode: 0, stdout: 'root\nubuntu-8gb-nbg1-1\n' });
    }
  });

  test('lets root in with the key given at creation, as at the provider', async () => {
    expect(await ssh('root', '203.0.113.13', 'id -u')).toMatchObject({ exitCode: 0, stdout: '0\n' });
  });

  test('refuses who has no key', async () => {
    const answer = await ssh(
      'deploy',
      '203.0.113.11',
      'true',
      '-o IdentityFile=none -o PubkeyAuthentication=no',
    );
    expect(answer.exitCode).toBe(255);
    expect(answer.stderr).toMatch(/Permission denied/);
  });
});

describe('what is installed', () => {
  test('apt-get installs a service from the lab repository, and it runs', async () => {
    const target = host('hetzner1');
    await target.must('apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q fail2ban', {
      timeoutMs: 120_000,
    });
    expect(await target.must('systemctl is-enabled fail2ban')).toBe('enabled\n');
    expect(await target.must('dpkg -s fail2ban')).toMatch(/^Status: install ok installed$/m);
  });

  test('names of the lab resolve, no other name does', async () => {
    const target = host('hetzner1');
    expect(await target.must('getent ahostsv4 apt.lab | head -1')).toMatch(/^203\.0\.113\.2 /);
    expect(await target.must('getent ahostsv6 hetzner3.lab | head -1')).toMatch(/^2001:db8:113::13 /);
    expect((await target.exec('getent hosts example.org')).exitCode).not.toBe(0);
  });
});

describe('what the lab does on a host without ssh', () => {
  test('a file is written with its content and mode, and written again', async () => {
    const target = host('hetzner2');
    const path = "/etc/rancher/it's new/config.yaml";
    for (const content of ['token: "$(false) \\n"\n', 'second\n']) {
      await target.writeFile(path, content, 0o600);
      expect(await target.must(`cat "${path}"`)).toBe(content);
    }
    expect(await target.must('stat -c "%a %U %n" /etc/rancher/*/*')).toBe(`600 root ${path}\n`);
  });

  test('a failing command is an error with its last words; exec gives the exit code instead', async () => {
    const target = host('hetzner2');
    await expect(target.must('echo broken >&2; exit 7')).rejects.toThrow(/exit code 7: broken/);
    expect(await target.exec('cat; exit 7', { input: 'given' })).toMatchObject({
      stdout: 'given',
      exitCode: 7,
    });
    await expect(target.exec('sleep 60', { timeoutMs: 500 })).rejects.toThrow(/did not end within 0.5 s/);
  });
});
