import { join } from 'node:path';
import { type Report, report } from './report.ts';
import { filesIn } from './state/files.ts';
import { type Commit, filesAt } from './state/git.ts';
import { readStates } from './state/state.ts';

/** The folder that is compared. */
export const DIST = 'dist';

/**
 * What applying the dist/ of a checkout does, compared with the one at a commit.
 * @throws StateError, GitError
 */
export function reportSince(base: Commit, folder: string): Report {
  const { before, after } = readStates(
    { name: `${base.hash}:${DIST}`, files: filesAt(folder, base.hash, DIST) },
    { name: DIST, files: filesIn(join(folder, DIST)) },
  );
  return report(before, after);
}
