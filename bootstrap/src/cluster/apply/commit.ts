import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Commit {
  readonly id: string;
  /** dist/ held changes that were not committed. */
  readonly dirty: boolean;
}

/** The commit that a folder is of; undefined outside git. */
export async function commitOf(folder: string): Promise<Commit | undefined> {
  const git = async (...args: readonly string[]) =>
    (await promisify(execFile)('git', ['-C', folder, ...args])).stdout.trim();
  try {
    const [id, changes] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain', '--', '.'),
    ]);
    return { id, dirty: changes !== '' };
  } catch {
    return undefined;
  }
}
