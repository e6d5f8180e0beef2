// Runs a TypeScript entry point: node tools/run.mjs main.ts [ARGUMENTS].
//
// It bundles the entry point with everything it imports into one file under .cache/, keeps what V8 compiled of it, and
// does so again only when one of those files has changed. That starts several times faster than loading 150 modules and
// translating TypeScript (npm run bench), and synth is run after every edit.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { Script } from 'node:vm';

const entry = process.argv[2];
const cache = join(import.meta.dirname, '..', '.cache');
const bundle = join(cache, `${basename(entry, '.ts')}.cjs`);
const inputs = `${bundle}.inputs.json`;
const compiled = `${bundle}.compiled`;

if (!isFresh()) await build();
// The program sees the arguments that it would see when run by itself.
process.argv.splice(1, 2, entry);
run();

/** True when every file of the bundle is as it was: same size, same time of change. */
function isFresh() {
  try {
    const known = JSON.parse(readFileSync(inputs, 'utf8'));
    return (
      known.node === process.version &&
      Object.entries(known.files).every(([file, stamp]) => stampOf(file) === stamp)
    );
  } catch {
    return false;
  }
}

function stampOf(file) {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs} ${size}`;
}

async function build() {
  const esbuild = await import('esbuild');
  const { metafile, outputFiles } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outfile: bundle,
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const files = Object.keys(metafile.inputs).map((file) => [resolve(file), stampOf(file)]);
  mkdirSync(cache, { recursive: true });
  // What belongs to the old bundle goes first, so that a run cut off here leaves nothing that fits only the old one.
  rmSync(inputs, { force: true });
  rmSync(compiled, { force: true });
  replaceFile(bundle, outputFiles[0].text);
  replaceFile(inputs, JSON.stringify({ node: process.version, files: Object.fromEntries(files) }));
}

/** As Node's own loader for CommonJS, but with V8's compiled code kept from the first run. */
function run() {
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(bundle, 'utf8')}\n})`;
  const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
  const script = new Script(source, { filename: bundle, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
  // After the run: only functions that were called are in it.
  if (cachedData === undefined || script.cachedDataRejected) replaceFile(compiled, script.createCachedData());
}

/** Whole or not at all, also when two runs write it at once. */
function replaceFile(file, content) {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, content);
  renameSync(next, file);
}
