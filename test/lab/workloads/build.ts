import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { buildImages } from './images/build.ts';
import { makePki } from './pki.ts';
import { buildStandIns, buildTraefik } from './programs.ts';

/** What the build leaves in the cache. */
export interface WorkloadPaths {
  /** The services around the hosts, one program. */
  readonly labsvc: string;
  /** Folder with api, worker, admin and probe. */
  readonly programs: string;
  /** Folder with ca.pem, server.pem and server.key. */
  readonly pki: string;
  /** OCI image layout that the registry serves. */
  readonly layout: string;
}

/** Programs of Debian's that go into images, with the package that has them. */
const SYSTEM_PROGRAMS = {
  '/usr/bin/redis-server': 'redis-server',
  '/usr/bin/vmagent': 'victoria-metrics',
  '/bin/busybox': 'busybox',
} as const;

/** What building needs on this machine, and skopeo, by which tests push. */
export const debianPackages: readonly string[] = [...Object.values(SYSTEM_PROGRAMS), 'skopeo'];

/**
 * Builds everything that runs in the lab's pods and around its hosts, as far as it is not in the cache. May be cut
 * off anywhere and run again.
 * @param cacheDir the lab's cache; only its folder `workloads` is touched
 * @throws LabError naming a missing package or the program that did not build
 */
export async function build(cacheDir: string, log: (line: string) => void): Promise<WorkloadPaths> {
  const cache = join(cacheDir, 'workloads');
  const missing = Object.entries(SYSTEM_PROGRAMS).filter(([path]) => !existsSync(path));
  if (missing.length > 0) {
    const packages = missing.map(([, name]) => name).join(' ');
    throw new LabError('workload images', `not installed: ${packages}`, `apt-get install ${packages}`);
  }
  const programs = await buildStandIns(cache, log);
  const labsvc = join(programs, 'labsvc');
  const pki = await makePki(cache, labsvc);
  const traefik = await buildTraefik(cache, log);
  const layout = await buildImages(
    cache,
    {
      programs,
      traefik,
      vmagent: process.env.LAB_VMAGENT ?? '/usr/bin/vmagent',
      busybox: '/bin/busybox',
      redisFolder: '/usr/bin',
      authority: await readFile(join(pki, 'ca.pem'), 'utf8'),
    },
    log,
  );
  return { labsvc, programs, pki, layout };
}
