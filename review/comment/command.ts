import { reportMarkdown } from '../render/markdown.ts';
import { reportText } from '../render/text.ts';
import { DIST, reportSince } from '../since.ts';
import { GitError, mergeBase } from '../state/git.ts';
import { StateError } from '../state/state.ts';
import { CommentError, putComment } from './comments.ts';
import { type Environment, JobError, readJob } from './job.ts';

const HELP = `Writes what merging a pull request does as a comment on it, over the one from before.

Usage: npm run diff:comment

Runs in a job of a pull request, of Gitea or GitHub Actions (.gitea/workflows/review.yaml), and takes from its environment
GITHUB_TOKEN (which may write comments), GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_BASE_REF and GITHUB_EVENT_PATH.
Anywhere else: npm run diff -- --markdown
`;

/** What a run of the command ends with. */
export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly err: string;
}

/** The command behind `npm run diff:comment`, without its printing. The report is in the log, whatever becomes of the comment. */
export async function commentCommand(
  args: readonly string[],
  folder: string,
  environment: Environment,
): Promise<Outcome> {
  if (args.length > 0) return { code: args[0] === '--help' ? 0 : 2, out: HELP, err: '' };
  let out = '';
  try {
    const { pullRequest, base, fork } = readJob(environment);
    const from = mergeBase(folder, `origin/${base}`);
    const report = reportSince(from, folder);
    const heading = {
      subject: 'Merging this',
      compared: `${DIST}/ compared with ${from.hash}, where this branch left ${base}: ${from.title}`,
    };
    out = reportText(report, heading, false);
    try {
      const done = await putComment(
        pullRequest,
        reportMarkdown(report, heading),
        report.impact !== undefined,
      );
      return { code: 0, out: `${out}\n\ncomment: ${done}`, err: '' };
    } catch (error) {
      if (!(error instanceof CommentError)) throw error;
      const forbidden = error.status === 401 || error.status === 403;
      if (fork && forbidden)
        return { code: 0, out, err: 'no comment: the pull request is of another repository' };
      const hint = forbidden ? '\nThe job needs permissions: issues: write, pull-requests: write' : '';
      return { code: 1, out, err: `${error.message}${hint}` };
    }
  } catch (error) {
    const expected = [JobError, GitError, StateError].some((type) => error instanceof type);
    if (!expected) throw error;
    return { code: 2, out, err: (error as Error).message };
  }
}
