import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../core/process.ts';
import { writeChecksums } from './checksums.ts';
import { adopt, genuineBinary } from './genuine.ts';
import { go, goVersion, sourceKey } from './go.ts';
import { CHECKSUMS, IMAGES, linkerFlags, MODULES, RELEASES, type Release } from './releases.ts';

/** What the build leaves in the cache. */
export interface K3sPaths {
  /** Folder to serve: `download/VERSION/k3s` and `download/VERSION/sha256sum-amd64.txt`. */
  readonly releases: string;
  /** Versions in it, oldest first. One only when LAB_K3S names a genuine binary. */
  readonly versions: readonly string[];
}

/** Builds that nothing has used for this long are deleted. */
const UNUSED_MS = 3 * 24 * 3_600_000;

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
  if (genuineBinary() !== undefined) return adopt(cache, log);
  const version = await goVersion();
  const programs = await buildPrograms(cache, version, log);
  const facts = [version, JSON.stringify(IMAGES), ...RELEASES.map(linkerFlags)];
  const key = sourceKey([LAUNCHER, COREDNS], ...facts);
  const releases = join(cache, `releases-${key}`);
  for (const release of RELEASES) await buildRelease(releases, programs, release, log);
  forgetUnused(cache, [releases, programs]);
  return { releases, versions: RELEASES.map((release) => release.version) };
}

/** What goes into images: CoreDNS, the provisioner and the launcher's small helpers. */
async function buildPrograms(cache: string, version: string, log: (line: string) => void): Promise<string> {
  const key = sourceKey([COREDNS, join(LAUNCHER, 'images')], version, JSON.stringify(MODULES));
  const folder = join(cache, `programs-${key}`);
  mkdirSync(folder, { recursive: true });
  const flags = ['-trimpath', '-ldflags', '-s -w'];
  const missing = (name: string) => !existsSync(join(folder, name));
  for (const name of OWN_PROGRAMS.filter(missing)) {
    await go(name, ['-C', LAUNCHER, 'build', ...flags, '-o', join(folder, name), `./images/${name}`], log);
  }
  if (missing('coredns')) {
    log('CoreDNS: compiling, some 2 min when cold');
    await go('CoreDNS', ['-C', COREDNS, 'build', ...flags, '-o', join(folder, 'coredns'), '.'], log);
  }
  for (const [name, module] of Object.entries(MODULES).filter(([name]) => missing(name))) {
    log(`${name}: compiling, some 2 min when cold`);
    await go(name, ['install', ...flags, module], log, { GOBIN: folder });
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
    `${release.version}: compiling Kubernetes, some 5 min when cold, half a minute when only the launcher changed`,
  );
  const launcher = join(releases, `launcher-${release.version}`);
  const flags = ['-trimpath', `-modfile=${release.moduleFile}`, '-ldflags', linkerFlags(release)];
  await go(release.version, ['-C', LAUNCHER, 'build', ...flags, '-o', launcher, '.'], log);
  const images = Object.entries(IMAGES).map(([name, program]) => `${name}=${join(programs, program)}`);
  await must([join(programs, 'pack'), join(folder, 'k3s'), launcher, ...images], { timeoutMs: 120_000 });
  rmSync(launcher);
  await writeChecksums(folder);
}

/** Earlier builds are a third of a gigabyte each; those of other checkouts on this machine may still be in use. */
function forgetUnused(cache: string, used: readonly string[]): void {
  const now = new Date();
  for (const path of used) utimesSync(path, now, now);
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (now.getTime() - statSync(path).mtimeMs > UNUSED_MS) rmSync(path, { recursive: true, force: true });
  }
}
