import { basename, dirname } from 'node:path';
import type { Context } from '../context.ts';
import { type Finding, fine, note } from './finding.ts';
import { ask } from './local-command.ts';

/** Whether what this run makes true is committed, so that others know of it. */
export async function checkGit({ site }: Context): Promise<Finding> {
  const paths = [site.config, site.dist, site.knownHosts].map((path) => basename(path));
  const status = ['status', '--porcelain', '--', ...paths];
  const answer = await ask('git', ['-C', dirname(site.config), ...status]);
  // Neither git nor a repository is needed to provision.
  if (answer === undefined || answer.exitCode !== 0 || answer.stdout === '') return fine;
  // The first line has lost a leading blank.
  const changed = answer.stdout.split('\n').map((line) => line.trim().replace(/^\S+\s+/, ''));
  return note(
    `Not committed: ${changed.join(', ')}. Commit it after this run, so that others see what is there.`,
  );
}
