import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { run } from '../core/process.ts';
import type { K3sPaths } from './build.ts';
import { writeChecksums } from './checksums.ts';
import { CHECKSUMS, SYSTEM_IMAGES } from './releases.ts';

/** The binary that LAB_K3S names; undefined when the lab's own releases are used. */
export function genuineBinary(): string | undefined {
  return process.env.LAB_K3S || undefined;
}

/** The archive of system images that LAB_K3S_IMAGES names: hosts cannot pull them, as the lab reaches no public registry. */
export function genuineImages(): string | undefined {
  return process.env.LAB_K3S_IMAGES || undefined;
}

/**
 * Lays out a genuine binary as a release, under the version that it tells.
 * @throws LabError when it is no k3s, or a file is not there
 */
export async function adopt(cache: string, log: (line: string) => void): Promise<K3sPaths> {
  const binary = genuineBinary() ?? '';
  const images = genuineImages();
  for (const [name, file] of Object.entries({ LAB_K3S: binary, LAB_K3S_IMAGES: images })) {
    if (file !== undefined && !existsSync(file))
      throw new LabError(`${name}=${file}`, 'it is not there', 'correct the path, or unset it');
  }
  const version = await versionOf(binary);
  log(`using ${binary} (${version}) as LAB_K3S says`);
  const releases = join(cache, 'releases-genuine');
  const folder = join(releases, 'download', version);
  const files = Object.entries({ k3s: binary, ...(images === undefined ? {} : { [SYSTEM_IMAGES]: images }) });
  const complete = files.every(([name, original]) => isCopyOf(join(folder, name), original));
  if (complete && existsSync(join(folder, CHECKSUMS))) return { releases, versions: [version] };
  rmSync(releases, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, original] of files) await copyFile(original, join(folder, name));
  await writeChecksums(folder);
  return { releases, versions: [version] };
}

async function versionOf(binary: string): Promise<string> {
  const { stdout } = await run([binary, '--version']);
  const version = /^k3s version (\S+)/m.exec(stdout)?.[1];
  if (version !== undefined) return version;
  throw new LabError(
    `LAB_K3S=${binary}`,
    'it does not tell a k3s version',
    'name a k3s binary, or unset LAB_K3S',
  );
}

/** Same size and not older: good enough for a file that people replace by hand. */
function isCopyOf(copy: string, original: string): boolean {
  if (!existsSync(copy)) return false;
  const [a, b] = [statSync(copy), statSync(original)];
  return a.size === b.size && a.mtimeMs >= b.mtimeMs;
}
