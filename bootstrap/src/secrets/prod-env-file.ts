import { execFile } from 'node:child_process';
import { lstat, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from '../../../config/schema.ts';
import { type EnvProblem, ProdEnvError } from './problem.ts';
import { type ProdEnv, readProdEnv } from './prod-env.ts';

/**
 * Reads and checks prod.env: first the file itself, then what it says.
 * @throws ProdEnvError with every problem at once
 */
export async function loadProdEnv(file: string, cluster: Cluster): Promise<ProdEnv> {
  const about = await fileProblems(file);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    // That it is not there is the one thing to say of such a file.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new ProdEnvError(file, [
        { text: `not there: copy prod.env.example to it, chmod 600 it, and fill it in` },
      ]);
    }
    throw new ProdEnvError(file, [...about, { text: `cannot be read: ${(error as Error).message}` }]);
  }
  try {
    const values = readProdEnv(text, file, cluster);
    if (about.length === 0) return values;
  } catch (error) {
    if (!(error instanceof ProdEnvError)) throw error;
    throw new ProdEnvError(file, [...about, ...error.problems]);
  }
  throw new ProdEnvError(file, about);
}

/** What is wrong with the file, whatever it says. */
async function fileProblems(file: string): Promise<EnvProblem[]> {
  const problems: EnvProblem[] = [];
  const stat = await lstat(file).catch(() => undefined);
  if (!stat) return problems;
  if (stat.isSymbolicLink()) problems.push({ text: 'is a symbolic link: put the file itself here' });
  else if (!stat.isFile()) problems.push({ text: 'is not a file' });
  else {
    const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
    if (mode !== '0600') problems.push({ text: `has mode ${mode}, others may read it: chmod 600 ${file}` });
    if (stat.uid !== process.getuid?.()) problems.push({ text: 'belongs to another user' });
  }
  return [...problems, ...(await gitProblems(file))];
}

/** Git must not have it, and must not take it by accident. Outside a repository there is nothing to fear. */
async function gitProblems(file: string): Promise<EnvProblem[]> {
  const git = (...args: readonly string[]) =>
    succeeds('git', ['-C', dirname(file), ...args, '--', basename(file)]);
  if (!(await succeeds('git', ['-C', dirname(file), 'rev-parse', '--is-inside-work-tree']))) return [];
  if (await git('ls-files', '--error-unmatch')) {
    return [
      {
        text: `is in git: git rm --cached ${file}, and renew every value in it, as the history keeps them`,
      },
    ];
  }
  if (await git('check-ignore', '--quiet')) return [];
  return [{ text: 'is not ignored by git: add its name to .gitignore' }];
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command, args);
    return true;
  } catch {
    return false;
  }
}
