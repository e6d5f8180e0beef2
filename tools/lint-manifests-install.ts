import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LinterProgram } from './lint-manifests-linters.ts';

/** A linter that can be run, or why it cannot. */
export type Provided =
  | { readonly command: string; readonly version: string }
  | { readonly command: undefined; readonly reason: string };

const run = promisify(execFile);
/** A first build of a Go program on a small, busy machine takes several minutes. */
const INSTALL_TIMEOUT_MS = 20 * 60_000;

/**
 * The pinned linter from the user's cache, installed there if it is missing; else the one on PATH.
 * @param progress is told what takes long, in one line
 */
export async function provide(linter: LinterProgram, progress: (line: string) => void): Promise<Provided> {
  const { name, version } = linter;
  const command = join(cacheFolder(linter), ...(linter.package?.from === 'pip' ? ['bin', name] : [name]));
  if (existsSync(command)) return { command, version };
  const reason = await install(linter, progress);
  if (reason === undefined) return { command, version };
  const found = await versionOnPath(linter);
  if (found !== undefined) return { command: name, version: `${found} (PATH)` };
  return { command: undefined, reason: `${reason}; nor is ${name} on PATH (${linter.home})` };
}

function cacheFolder({ name, version }: LinterProgram): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'honeydue-linters', `${name}-${version.replace(/^v/, '')}`);
}

/** `undefined` when it is installed, else why not. Neither way leaves the program's own file when it is cut off. */
async function install(linter: LinterProgram, progress: (line: string) => void): Promise<string | undefined> {
  if (!linter.package) return 'there is no package to install it from';
  const { from, name } = linter.package;
  const folder = cacheFolder(linter);
  progress(`${linter.name} ${linter.version}: installing with ${from}, once; this takes minutes ...`);
  const began = Date.now();
  try {
    await mkdir(folder, { recursive: true });
    if (from === 'go') await goInstall(`${name}@${linter.version}`, folder);
    else await pipInstall(`${name}==${linter.version}`, folder);
  } catch (error) {
    return why(from, error);
  }
  progress(`${linter.name} ${linter.version}: installed in ${Math.round((Date.now() - began) / 1000)} s`);
  return undefined;
}

/** Runs go away from the project, so that a go.mod in or above it has no say. */
async function goInstall(what: string, folder: string): Promise<void> {
  await run('go', ['install', what], {
    cwd: tmpdir(),
    env: { ...process.env, GOBIN: folder },
    timeout: INSTALL_TIMEOUT_MS,
    maxBuffer: 2 ** 26,
  });
}

async function pipInstall(what: string, folder: string): Promise<void> {
  const options = { timeout: INSTALL_TIMEOUT_MS, maxBuffer: 2 ** 26 };
  await run('python3', ['-m', 'venv', '--clear', folder], options);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', what];
  await run(join(folder, 'bin', 'python'), pip, options);
}

function why(from: 'go' | 'pip', error: unknown): string {
  const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string };
  if (code === 'ENOENT') return `${from === 'go' ? 'go' : 'python3'} was not found`;
  if (killed) return `${from} took longer than ${INSTALL_TIMEOUT_MS / 60_000} minutes`;
  const said = (stderr ?? '')
    .trim()
    .split('\n')
    .slice(-2)
    .map((line) => line.trim());
  return `${from} said: ${said.join(' ') || String(error)}`;
}

async function versionOnPath({ name, versionArgs }: LinterProgram): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(name, [...versionArgs], { timeout: 30_000 });
    return /v?\d+\.\d+\.\d+\S*/.exec(stdout + stderr)?.[0] ?? 'of unknown version';
  } catch {
    return undefined;
  }
}
