import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LabError } from '../core/errors.ts';
import { must, run } from '../core/process.ts';
import { go, goVersion, sourceKey } from './go.ts';
import { CHECKSUMS, IMAGES, LOCAL_PATH_MODULE, linkerFlags, RELEASES, type Release } from './releases.ts';

/** What the build leaves in the cache. */
export interface K3sPaths {
  /** Folder to serve: `download/VERSION/k3s` and `download/VERSION/sha256sum-amd64.txt`. */
  readonly releases: string;
  /** Versions in it, oldest first. One only when LAB_K3S names a genuine binary. */
  readonly versions: readonly string[];
}

const LAUNCHER = join(__dirname, 'launcher');
const COREDNS = join(__dirname, 'coredns');

/** Own programs inside images, and the one that puts images behind a binary; packages below `launcher/images`. */
const OWN_PROGRAMS = ['pause', 'volume', 'pack'] as const;

/**
 * Builds both releases of the lab's k3s as far as they are not in the cache; with LAB_K3S=FILE takes that binary instead.
 * May be cut off anywhere and run again.
 * @param cacheDir the lab's cache; only its folder `k3s` is touched
 * @throws LabError when Go is missing or something does not build
 */
export async function build(cacheDir: string, log: (line: string) => void): Promise<K3sPaths> {
  const cache = join(cacheDir, 'k3s');
  mkdirSync(cache, { recursive: true });
  const genuine = process.env.LAB_K3S;
  if (genuine !== undefined && genuine !== '') return adopt(cache, genuine, log);
  const version = await goVersion();
  const programs = await buildPrograms(cache, version, log);
  const facts = [version, JSON.stringify(IMAGES), ...RELEASES.map(linkerFlags)];
  const key = sourceKey([LAUNCHER, COREDNS], ...facts);
  const releases = join(cache, `releases-${key}`);
  for (const release of RELEASES) await buildRelease(releases, programs, release, log);
  forgetOthers(cache, [releases, programs]);
  return { releases, versions: RELEASES.map((release) => release.version) };
}

/** What goes into images: CoreDNS, the provisioner and the launcher's small helpers. */
async function buildPrograms(cache: string, version: string, log: (line: string) => void): Promise<string> {
  const key = sourceKey([COREDNS, join(LAUNCHER, 'images')], version, LOCAL_PATH_MODULE);
  const folder = join(cache, `programs-${key}`);
  mkdirSync(folder, { recursive: true });
  const flags = ['-trimpath', '-ldflags', '-s -w'];
  const missing = (name: string) => !existsSync(join(folder, name));
  for (const name of OWN_PROGRAMS.filter(missing)) {
    await go(name, ['-C', LAUNCHER, 'build', ...flags, '-o', join(folder, name), `./images/${name}`], log);
  }
  if (missing('coredns')) {
    log('CoreDNS: compiling, some 4 min when cold');
    await go('CoreDNS', ['-C', COREDNS, 'build', ...flags, '-o', join(folder, 'coredns'), '.'], log);
  }
  if (missing('local-path-provisioner')) {
    log('local-path provisioner: compiling, some 4 min when cold');
    await go('local-path provisioner', ['install', ...flags, LOCAL_PATH_MODULE], log, { GOBIN: folder });
  }
  return folder;
}

async function buildRelease(
  releases: string,
  programs: string,
  release: Release,
  log: (line: string) => void,
): Promise<void> {
  const folder = join(releases, 'download', release.version);
  if (existsSync(join(folder, CHECKSUMS))) return;
  mkdirSync(folder, { recursive: true });
  log(
    `${release.version}: compiling Kubernetes, some 10 min when cold, half a minute when only the launcher changed`,
  );
  const launcher = join(releases, `launcher-${release.version}`);
  const flags = ['-trimpath', `-modfile=${release.moduleFile}`, '-ldflags', linkerFlags(release)];
  await go(release.version, ['-C', LAUNCHER, 'build', ...flags, '-o', launcher, '.'], log);
  const images = Object.entries(IMAGES).map(([name, program]) => `${name}=${join(programs, program)}`);
  await must([join(programs, 'pack'), join(folder, 'k3s'), launcher, ...images], { timeoutMs: 120_000 });
  rmSync(launcher);
  await writeChecksums(folder);
}

/** Written last: a folder with it is complete. */
async function writeChecksums(folder: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, 'k3s')), hash);
  const file = join(folder, CHECKSUMS);
  writeFileSync(`${file}.new`, `${hash.digest('hex')}  k3s\n`);
  renameSync(`${file}.new`, file);
}

/** Serves a genuine binary under the version it tells itself. */
async function adopt(cache: string, binary: string, log: (line: string) => void): Promise<K3sPaths> {
  const { stdout } = await run([binary, '--version']);
  const version = /^k3s version (\S+)/m.exec(stdout)?.[1];
  if (version === undefined) {
    throw new LabError(
      `LAB_K3S=${binary}`,
      'it does not tell a k3s version',
      'name a k3s binary, or unset LAB_K3S',
    );
  }
  log(`using ${binary} (${version}) as LAB_K3S says`);
  const releases = join(cache, 'releases-genuine');
  const folder = join(releases, 'download', version);
  rmSync(releases, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await copyFile(binary, join(folder, 'k3s'));
  await writeChecksums(folder);
  return { releases, versions: [version] };
}

/** Earlier builds: a third of a gigabyte each. */
function forgetOthers(cache: string, kept: readonly string[]): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (!kept.includes(path)) rmSync(path, { recursive: true, force: true });
  }
}
