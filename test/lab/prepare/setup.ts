import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LabError, messageOf } from '../core/errors.ts';
import { cacheDir, labSources } from '../core/paths.ts';
import { buildBaseImage } from './base-image.ts';
import { absentPackages, installPackages } from './machine-packages.ts';
import { describeMissing, missingRequirements } from './requirements.ts';

/** A part of the lab with something to build. Both exports are optional, so is the file. */
interface Part {
  /** Idempotent, resumable, keyed by version and content. */
  readonly build?: (cacheDir: string, log: (line: string) => void) => Promise<unknown>;
  /** Debian packages that building or running the part needs on this machine. */
  readonly debianPackages?: readonly string[];
}

/** In this order; nothing runs beside another, so that a machine of two cores is not overloaded. */
const PARTS = ['k3s', 'workloads', 'cloud', 'traffic'] as const;

/** A cold machine must be ready within this time; what was built until then stays in the cache. */
const DEADLINE_MS = 60 * 60_000;

const started = Date.now();

function log(line: string): void {
  const seconds = Math.round((Date.now() - started) / 1000);
  const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  process.stdout.write(`[setup ${clock}] ${line}\n`);
}

async function loadPart(name: string): Promise<Part | undefined> {
  const path = join(labSources, name, 'build.ts');
  return existsSync(path) ? ((await import(path)) as Part) : undefined;
}

async function completeMachine(parts: readonly Part[]): Promise<void> {
  const missing = await missingRequirements();
  const beyondHelp = missing.filter(({ debianPackage }) => debianPackage === undefined);
  if (beyondHelp.length > 0) {
    throw new LabError(
      'this machine cannot run the lab; missing',
      `\n${describeMissing(missing)}`,
      'provide it, then run setup again',
    );
  }
  const absent = await absentPackages([
    ...missing.flatMap(({ debianPackage }) => debianPackage ?? []),
    ...parts.flatMap((part) => part.debianPackages ?? []),
  ]);
  if (absent.length === 0) {
    log('Debian packages: all there');
    return;
  }
  log(`Debian packages: installing ${absent.join(' ')}`);
  await installPackages(absent);
}

async function setup(): Promise<void> {
  const parts: { name: string; part: Part }[] = [];
  for (const name of PARTS) {
    const part = await loadPart(name);
    if (part !== undefined) parts.push({ name, part });
  }
  await completeMachine(parts.map(({ part }) => part));
  mkdirSync(cacheDir(), { recursive: true });
  await buildBaseImage(log);
  for (const { name, part } of parts) {
    if (part.build === undefined) continue;
    log(`${name}: building what is not in the cache`);
    const before = Date.now();
    await part.build(cacheDir(), (line) => log(`${name}: ${line}`));
    log(`${name}: ready after ${Math.round((Date.now() - before) / 1000)} s`);
  }
  log(`ready; cache: ${cacheDir()}`);
}

async function check(): Promise<number> {
  const missing = await missingRequirements();
  process.stdout.write(
    missing.length === 0 ? 'nothing is missing\n' : `missing:\n${describeMissing(missing)}\n`,
  );
  return missing.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write('test/lab/setup [--check]\n');
    return 0;
  }
  if (values.check) return check();
  const timer = setTimeout(() => {
    process.stderr.write(`setup: not ready after ${DEADLINE_MS / 60_000} min; run it again to continue\n`);
    process.exit(1);
  }, DEADLINE_MS);
  await setup();
  clearTimeout(timer);
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`setup: ${messageOf(error)}\n`);
    process.exit(1);
  },
);
