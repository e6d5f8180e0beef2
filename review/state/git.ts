import { spawnSync } from 'node:child_process';
import type { Rendered } from '../../synth/render.ts';

/** Git cannot give what is asked for. Says what it said, and what to do. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

/** A commit, by its hash and its title. */
export interface Commit {
  readonly hash: string;
  readonly title: string;
}

/** Names under which the main branch is known, the remote's before the local one, which may be behind. */
const MAIN = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];

/**
 * The commit at which the checked out branch left another; on that branch itself the last one that the remote has, or
 * without a remote the last one.
 * @param branch the main branch unless given
 * @throws GitError
 */
export function mergeBase(folder: string, branch = mainBranch(folder)): Commit {
  const { status, stdout } = git(folder, ['merge-base', 'HEAD', commit(folder, branch).hash]);
  if (status === 0) return commit(folder, stdout.trim());
  throw new GitError(
    `HEAD and ${branch} have no commit in common here; after a shallow clone: git fetch --unshallow`,
  );
}

function mainBranch(folder: string): string {
  const main = MAIN.find((name) => resolves(folder, name));
  if (main !== undefined) return main;
  throw new GitError(`no main branch found (${MAIN.join(', ')}); name a commit: npm run diff -- REF`);
}

/** @throws GitError when there is no such commit */
export function commit(folder: string, ref: string): Commit {
  if (!resolves(folder, ref)) {
    const inside = git(folder, ['rev-parse', '--is-inside-work-tree']).status === 0;
    throw new GitError(
      inside
        ? `${ref}: git knows no such commit; misspelt, or not fetched`
        : `${folder} is not in a git repository`,
    );
  }
  const [hash = '', title = ''] = must(folder, ['log', '-1', '--format=%h%x00%s', ref, '--'])
    .trimEnd()
    .split('\0');
  return { hash, title };
}

/** A dash in front would be an option of git. */
function resolves(folder: string, ref: string): boolean {
  return (
    !ref.startsWith('-') && git(folder, ['rev-parse', '--quiet', '--verify', `${ref}^{commit}`]).status === 0
  );
}

/** The files of a folder as they were at a commit, by their path in the folder; none when it was not there. */
export function filesAt(folder: string, ref: string, path: string): Rendered {
  const listed = must(folder, ['ls-tree', '-r', '-z', ref, '--', `${path}/`])
    .split('\0')
    .filter(Boolean);
  const blobs = listed.flatMap((line) => {
    const [, type, hash, name] = /^\d+ (\w+) (\w+)\t(.*)$/s.exec(line) ?? [];
    return type === 'blob' && hash !== undefined && name !== undefined
      ? [{ hash, name: withoutFolder(name, path) }]
      : [];
  });
  const texts = readBlobs(
    folder,
    blobs.map(({ hash }) => hash),
  );
  return new Map(blobs.map(({ name }, i) => [name, texts[i] ?? '']));
}

/** ls-tree names files from the folder in which it runs, so `dist/` may stand behind others. */
const withoutFolder = (name: string, path: string) => name.slice(name.indexOf(`${path}/`) + path.length + 1);

/** All at once: a process for each would take most of the time. */
function readBlobs(folder: string, hashes: readonly string[]): string[] {
  const output = run(folder, ['cat-file', '--batch'], hashes.map((hash) => `${hash}\n`).join(''));
  let at = 0;
  return hashes.map(() => {
    const end = output.indexOf('\n', at);
    const size = Number(output.subarray(at, end).toString().split(' ')[2]);
    at = end + 1 + size + 1;
    return output.subarray(end + 1, end + 1 + size).toString('utf8');
  });
}

function must(folder: string, args: readonly string[]): string {
  return run(folder, args).toString('utf8');
}

const MEBIBYTE = 2 ** 20;

function run(folder: string, args: readonly string[], input = ''): Buffer {
  const result = spawnSync('git', args, { cwd: folder, input, maxBuffer: 256 * MEBIBYTE });
  if (result.error) throw new GitError(`git cannot be run: ${result.error.message}`);
  if (result.status !== 0) throw new GitError(`git ${args.join(' ')}: ${result.stderr.toString().trim()}`);
  return result.stdout;
}

function git(folder: string, args: readonly string[]): { status: number | null; stdout: string } {
  const result = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
  if (result.error) throw new GitError(`git cannot be run: ${result.error.message}`);
  return result;
}
