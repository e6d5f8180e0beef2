import { engines } from '../../../package.json';
import { type Finding, fine, problem, together } from './finding.ts';
import { ask } from './local-command.ts';

/** The first OpenSSH that can pin a new host's key without a question (StrictHostKeyChecking=accept-new). */
const OPENSSH = '7.6';

/** The programs that provisioning needs on the operator's computer. */
export async function checkWorkstation(): Promise<Finding> {
  const [ssh, keygen] = await Promise.all([ask('ssh', ['-V']), ask('ssh-keygen', ['-?'])]);
  return together(
    nodeFinding(process.versions.node, engines.node),
    // It says its version on standard error.
    sshFinding(ssh?.stderr),
    keygen ? fine : problem('ssh-keygen is not installed. It comes with OpenSSH.'),
  );
}

/** @param range as package.json has it, such as `>=20.19` */
export function nodeFinding(version: string, range: string): Finding {
  const needed = range.replace('>=', '');
  if (isAtLeast(version, needed)) return fine;
  return problem(`Node ${version} is too old: install ${needed} or later.`);
}

/** @param said such as `OpenSSH_9.6p1 Ubuntu-3ubuntu13, OpenSSL 3.0.13`; undefined when there is no ssh */
export function sshFinding(said: string | undefined): Finding {
  if (said === undefined) return problem(`ssh is not installed. Install OpenSSH ${OPENSSH} or later.`);
  const version = /^OpenSSH_(?:for_\w+_)?(\d+\.\d+)/.exec(said)?.[1];
  if (version === undefined)
    return problem(`ssh is not OpenSSH, but ${said}. Install OpenSSH ${OPENSSH} or later.`);
  if (isAtLeast(version, OPENSSH)) return fine;
  return problem(`OpenSSH ${version} is too old: install ${OPENSSH} or later.`);
}

/** Compares versions of numbers with dots; a number that is missing is 0. */
function isAtLeast(version: string, needed: string): boolean {
  const [have, want] = [version, needed].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (have?.[i] ?? 0) - (want?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
