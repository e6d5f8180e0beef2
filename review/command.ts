import { parseArgs } from 'node:util';
import { impacts } from './impact.ts';
import { reportJSON } from './render/json.ts';
import { reportMarkdown } from './render/markdown.ts';
import { type Heading, reportText } from './render/text.ts';
import { DIST, reportSince } from './since.ts';
import { impactOf, slug } from './slug.ts';
import { commit, GitError, mergeBase } from './state/git.ts';
import { StateError } from './state/state.ts';

const HELP = `Says what applying dist/ does, compared with dist/ at another commit: what is lost, refused, opened, interrupted.

Usage: npm run diff [-- [REF] OPTIONS]

  REF                 compare with this commit (default: where this branch left the main branch)
  --json              print the report as JSON
  --markdown          print it as a comment for a pull request
  --fail-on CLASS,…   exit with 1 when something is of one of these classes:
                      ${impacts.map(slug).join(', ')}
  --help

Examples:
  npm run diff                                          what merging this branch does
  npm run diff -- HEAD                                  what is not committed yet
  npm run diff -- v1.4 --fail-on loses-data,refused     for a script

Exit codes: 0; 1 by --fail-on; 2 for a commit or a dist/ that cannot be read.
Nothing is asked of a cluster, and nothing is written.
`;

/** A command line that cannot be understood. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a run of the command ends with. */
export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly err: string;
}

/**
 * The command behind `npm run diff`, without its printing.
 * @param folder the checkout whose dist/ is compared
 */
export function diffCommand(args: readonly string[], folder: string, colors = false): Outcome {
  try {
    return { err: '', ...run(args, folder, colors) };
  } catch (error) {
    const usage = error instanceof UsageError || isBadFlag(error);
    if (!usage && !(error instanceof StateError) && !(error instanceof GitError)) throw error;
    const hint = usage ? '\nSee npm run diff -- --help' : '';
    return { code: 2, out: '', err: `${(error as Error).message}${hint}` };
  }
}

const isBadFlag = (error: unknown) =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  String(error.code).startsWith('ERR_PARSE_ARGS');

function run(args: readonly string[], folder: string, colors: boolean): Pick<Outcome, 'code' | 'out'> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      'fail-on': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { code: 0, out: HELP };
  if (positionals.length > 1) throw new UsageError(`one commit at most, not ${positionals.join(', ')}`);
  if (values.json && values.markdown) throw new UsageError('--json or --markdown, not both');
  const failOn = (values['fail-on'] ?? '').split(',').filter(Boolean).map(impactNamed);

  const [ref] = positionals;
  const base = ref === undefined ? mergeBase(folder) : commit(folder, ref);
  const result = reportSince(base, folder);
  const where = ref === undefined ? 'where this branch left the main branch' : ref;
  const heading: Heading = {
    subject: 'Merging this',
    compared: `${DIST}/ compared with ${base.hash}, ${where}: ${base.title}`,
  };
  const print = values.json ? reportJSON : values.markdown ? reportMarkdown : reportText;
  const found = result.entries.flatMap(({ impact, effects }) => [impact, ...effects.map((e) => e.impact)]);
  return {
    code: failOn.some((impact) => found.includes(impact)) ? 1 : 0,
    out: print(result, heading, colors),
  };
}

function impactNamed(word: string) {
  const impact = impactOf(word.trim());
  if (impact === undefined)
    throw new UsageError(`--fail-on ${word}: no such class; classes are ${impacts.map(slug).join(', ')}`);
  return impact;
}
