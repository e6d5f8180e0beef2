// Loads a TypeScript entry point with everything that it imports:
//
//   const { synth } = await load(new URL('../main.ts', import.meta.url));
//
// All of it is bundled into one file under .cache/, and what V8 compiled of that is kept; both are made anew only when one
// of the files has changed. That starts several times faster than loading 150 modules and translating TypeScript
// (npm run bench). It works from any current directory.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

// Node 20 gives each object made by `{ ...a, b }` a hidden class of its own, which makes slow whatever reads it: js-yaml
// takes twice as long to parse. There the bundle copies field by field.
const spreadIsFast = Number(process.versions.node.split('.')[0]) >= 22;

const project = resolve(import.meta.dirname, '..');
const cache = join(project, '.cache');

/** @returns what the entry point exports */
export async function load(url) {
  const entry = fileURLToPath(url);
  const bundle = join(
    cache,
    `${relative(project, entry)
      .replace(/\.ts$/, '')
      .replaceAll(/[^\w]+/g, '-')}.cjs`,
  );
  if (!isFresh(bundle)) await build(entry, bundle);
  return run(bundle);
}

/** The arguments after a script, whether node runs it or a program that node runs. */
export function argumentsAfter(script) {
  const at = process.argv.findIndex((word) => existsSync(word) && realpathSync(word) === script);
  return process.argv.slice(at + 1);
}

const inputsOf = (bundle) => `${bundle}.inputs.json`;
const compiledOf = (bundle) => `${bundle}.compiled`;

/** True when every file of the bundle is as it was: same size, same time of change. */
function isFresh(bundle) {
  try {
    const known = JSON.parse(readFileSync(inputsOf(bundle), 'utf8'));
    return (
      known.node === process.version &&
      Object.entries(known.files).every(([file, stamp]) => stampOf(join(project, file)) === stamp)
    );
  } catch {
    return false;
  }
}

function stampOf(file) {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs} ${size}`;
}

async function build(entry, bundle) {
  const esbuild = await import('esbuild');
  const { metafile, outputFiles } = await esbuild.build({
    absWorkingDir: project,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node20',
    supported: { 'object-rest-spread': spreadIsFast },
    format: 'cjs',
    outfile: bundle,
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const files = Object.keys(metafile.inputs).map((file) => [file, stampOf(join(project, file))]);
  mkdirSync(cache, { recursive: true });
  // What belongs to the old bundle goes first, so that a run cut off here leaves nothing that fits only the old one.
  rmSync(inputsOf(bundle), { force: true });
  rmSync(compiledOf(bundle), { force: true });
  replaceFile(bundle, outputFiles[0].text);
  replaceFile(inputsOf(bundle), JSON.stringify({ node: process.version, files: Object.fromEntries(files) }));
}

/** As Node's own loader for CommonJS, but with V8's compiled code kept from the first run. */
function run(bundle) {
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(bundle, 'utf8')}\n})`;
  const compiled = compiledOf(bundle);
  const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
  const script = new Script(source, { filename: bundle, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  // At the end: only functions that were called are in it.
  if (cachedData === undefined || script.cachedDataRejected)
    process.once('exit', () => replaceFile(compiled, script.createCachedData()));
  return module.exports;
}

/** Whole or not at all, also when two runs write it at once. */
function replaceFile(file, content) {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, content);
  renameSync(next, file);
}
