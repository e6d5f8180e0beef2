import { loginUser } from '../../../config/hosts/login.ts';
import { sshdFile, sshdSettings } from '../../../config/hosts/sshd.ts';
import type { HostFacts } from '../host/facts.ts';

/** Name of a change that could shut us out. */
export const SSHD = 'sshd';

/** sshd's settings as they are in force for the account that logs in, whichever file they come from. */
export const sshdTest = ['sshd', '-T', '-C', `user=${loginUser},host=operator,addr=192.0.2.1`] as const;

/** Settings that another file of the host overrules, although ours is in place. */
export function sshdDeviations(where: string, facts: HostFacts): string[] {
  const { exitCode = 1, stdout = '', stderr = '' } = facts.commands.sshd ?? {};
  if (exitCode !== 0) return [`${where}: sshd -T refuses its configuration: ${stderr.trim()}`];
  const inForce = new Map(
    stdout.split('\n').map((line) => {
      const [key = '', ...value] = line.split(' ');
      return [key, value.join(' ')];
    }),
  );
  return sshdSettings
    .filter(
      ([key, value]) => (inForce.get(key.toLowerCase()) ?? '').toLowerCase() !== String(value).toLowerCase(),
    )
    .map(
      ([key, value]) =>
        `${where}: sshd has ${key} ${inForce.get(key.toLowerCase()) ?? 'not set'}, ${sshdFile.path} says ${value}. Another file in that folder, or sshd_config itself, overrules it: remove the line there.`,
    );
}
