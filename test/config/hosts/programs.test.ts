import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sshdFile } from '../../../config/hosts/sshd.ts';
import { ufwArguments, ufwTuple } from '../../../config/hosts/ufw-render.ts';
import { isIPv6, type UfwRule } from '../../../config/hosts/ufw-rule.ts';
import { ufwRules } from '../../../config/hosts/ufw-rules.ts';
import { variants } from '../../clusters.ts';

/** The real sshd and ufw read what is written for them. Neither changes the machine: both only check. */

const root = process.getuid?.() === 0;
const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));
const ufw = ['/usr/sbin/ufw', '/sbin/ufw'].find((path) => existsSync(path));

/** `test`, or a test left out with a line that says so. */
function testWith(reason: string | false): typeof test | typeof test.skip {
  if (reason === false) return test;
  process.stderr.write(`NOT TESTED: ${reason}\n`);
  return test.skip;
}

testWith(!(sshd && existsSync('/run/sshd')) && 'sshd_config, as there is no sshd that has run here')(
  'sshd knows every setting and every algorithm: a name it does not know keeps it from starting',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hosts-'));
    const key = join(folder, 'host-key');
    const config = join(folder, 'sshd_config');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    writeFileSync(config, sshdFile.content);
    const check = (...flags: string[]) =>
      spawnSync(sshd ?? '', [...flags, '-f', config, '-h', key], { encoding: 'utf8' });
    expect(check('-t')).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(config, `${sshdFile.content}Ciphers no-such-cipher\n`);
    expect(check('-t').status).not.toBe(0);
    rmSync(folder, { recursive: true });
  },
);

testWith(!(ufw && root) && 'the commands of ufw, as it is not here or this is not root')(
  'ufw takes every kind of rule and keeps it as we expect to read it back',
  () => {
    const clusters = [variants['as it is'](), variants['hosts without a private network']()];
    const rules = clusters.flatMap((of) => of.nodes.slice(0, 1).flatMap((node) => ufwRules(of, node)));
    // One of a kind: ufw starts slowly.
    const kind = (rule: UfwRule) => [rule.tag, isIPv6(rule), rule.in, rule.service?.protocol].join();
    for (const rule of new Map(rules.map((candidate) => [kind(candidate), candidate])).values()) {
      const { status, stdout, stderr } = spawnSync(ufw ?? '', ['--dry-run', ...ufwArguments(rule)], {
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('ERROR') });
      expect(stdout.split('\n')).toContain(ufwTuple(rule));
    }
  },
  60_000,
);
