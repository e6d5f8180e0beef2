import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { must } from '../core/process.ts';
import { folderKey, shortKey } from './images/digest.ts';
import { TRAEFIK_VERSION } from './names.ts';

const COMMANDS = ['api', 'worker', 'admin', 'probe', 'labsvc'];
const MINUTE_MS = 60_000;
/** Static and the same on every machine, with or without git. */
const GO_ENV = {
  CGO_ENABLED: '0',
  GOFLAGS: '-trimpath -buildvcs=false',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
};

/**
 * Builds the stand-ins and the lab's services; about a minute cold, nothing when the sources have not changed.
 * @returns the folder with the programs
 */
export async function buildStandIns(cacheDir: string, log: (line: string) => void): Promise<string> {
  const source = join(__dirname, 'go');
  const version = (await must(['go', 'version'])).trim();
  const folder = join(cacheDir, `programs-${shortKey([version, await folderKey(source)])}`);
  if (existsSync(folder)) return folder;
  log('stand-ins: go build');
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(`${folder}.partial-`);
  const packages = COMMANDS.map((command) => `./${command}`);
  await goBuild(source, work, packages, 15 * MINUTE_MS);
  await publish(work, folder);
  return folder;
}

/**
 * Builds Traefik from its Go module, outside the module cache because `go install` refuses modules with replace
 * lines. About 12 minutes cold on two cores; cut off, it continues from Go's build cache. A binary of one's own, for
 * example the official one, goes by LAB_TRAEFIK=FILE.
 * @returns the program's path
 * @throws LabError when LAB_TRAEFIK is not there or the module cannot be had
 */
export async function buildTraefik(cacheDir: string, log: (line: string) => void): Promise<string> {
  const given = process.env.LAB_TRAEFIK;
  if (given !== undefined) {
    if (!existsSync(given))
      throw new LabError('LAB_TRAEFIK', `${given} does not exist`, 'unset it, or correct the path');
    return given;
  }
  const version = (await must(['go', 'version'])).trim();
  const folder = join(cacheDir, `traefik-${TRAEFIK_VERSION}-${shortKey([version])}`);
  const program = join(folder, 'traefik');
  if (existsSync(program)) return program;
  log(`traefik ${TRAEFIK_VERSION}: go build, about 12 minutes when cold`);
  const module = `github.com/traefik/traefik/v3@${TRAEFIK_VERSION}`;
  const answer = await must(['go', 'mod', 'download', '-json', module], { timeoutMs: 5 * MINUTE_MS });
  const { Dir: source } = JSON.parse(answer) as { Dir: string };
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(`${folder}.partial-`);
  // One fixed place for the sources, or Go's build cache would not know them again after an interruption.
  const copy = join(cacheDir, `traefik-${TRAEFIK_VERSION}-source`);
  await cp(source, copy, { recursive: true });
  await must(['chmod', '--recursive', 'u+w', copy]);
  const stamp = `-X github.com/traefik/traefik/v3/pkg/version.Version=${TRAEFIK_VERSION.slice(1)}`;
  await goBuild(copy, work, ['./cmd/traefik'], 60 * MINUTE_MS, stamp);
  await publish(work, folder);
  await rm(copy, { recursive: true, force: true });
  return program;
}

async function goBuild(
  source: string,
  output: string,
  packages: string[],
  timeoutMs: number,
  stamp = '',
): Promise<void> {
  // nice: whoever works on this machine comes first.
  const build = ['nice', '-n', '10', 'go', 'build', '-C', source, '-ldflags', `-s -w ${stamp}`.trim()];
  await must([...build, '-o', `${output}/`, ...packages], { timeoutMs, env: GO_ENV });
}

async function publish(work: string, folder: string): Promise<void> {
  try {
    await rename(work, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // another process was faster
    await rm(work, { recursive: true, force: true });
  }
}
