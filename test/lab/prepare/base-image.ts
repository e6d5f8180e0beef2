import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LabError } from '../core/errors.ts';
import { cacheDir, labSources } from '../core/paths.ts';
import { must } from '../core/process.ts';
import { BASE_PACKAGES, DISABLED_UNITS, ENABLED_UNITS, REPOSITORY_PACKAGES, SUITE } from './packages.ts';

const sources = join(labSources, 'prepare');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Key of the image: changes with the package lists, the units and the files that go into it. */
export function imageKey(): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([SUITE, BASE_PACKAGES, REPOSITORY_PACKAGES, ENABLED_UNITS, DISABLED_UNITS]));
  for (const path of [...filesBelow(join(sources, 'image')), join(sources, 'customize.sh')]) {
    hash.update(`${relative(sources, path)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
}

function imageDir(): string {
  return join(cacheDir(), 'image', imageKey());
}

/** Root folder of the base image. @throws LabError when it has not been built */
export function baseImage(): string {
  return part('root');
}

/** Folder of the local apt repository that belongs to the image. @throws LabError when it has not been built */
export function aptRepository(): string {
  return part('repository');
}

function part(name: string): string {
  const path = join(imageDir(), name);
  if (!existsSync(path)) throw new LabError('base image', `${path} is not there`, 'run test/lab/setup');
  return path;
}

/**
 * Builds image and repository unless they are in the cache. About two minutes, 1 GB; interrupted, it starts afresh.
 * @throws LabError with mmdebstrap's last words
 */
export async function buildBaseImage(log: (line: string) => void): Promise<void> {
  const final = imageDir();
  if (existsSync(final)) {
    log(`base image ${imageKey()}: in the cache`);
    return;
  }
  const partial = `${final}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  log(`base image ${imageKey()}: building with mmdebstrap (about two minutes)`);
  await must(
    [
      'mmdebstrap',
      '--variant=minbase',
      `--include=${BASE_PACKAGES.join(',')}`,
      `--customize-hook=sh '${join(sources, 'customize.sh')}' "$1"`,
      SUITE,
      join(partial, 'root'),
    ],
    {
      timeoutMs: 20 * 60_000,
      env: {
        IMAGE_FILES: join(sources, 'image'),
        REPOSITORY: join(partial, 'repository'),
        REPOSITORY_PACKAGES: REPOSITORY_PACKAGES.join(' '),
        ENABLED: ENABLED_UNITS.join(' '),
        DISABLED: DISABLED_UNITS.join(' '),
      },
    },
  );
  renameSync(partial, final);
  log(`base image ${imageKey()}: built`);
}
