// Runs a TypeScript entry point: node tools/run.mjs main.ts [ARGUMENTS].
//
// It bundles the entry point with everything it imports into one file under .cache/, and bundles again only when one
// of those files has changed. A bundle starts several times faster than 150 modules and translated TypeScript do
// (npm run bench), and synth is run after every edit.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';

const entry = process.argv[2];
const cache = join(import.meta.dirname, '..', '.cache');
const bundle = join(cache, `${basename(entry, '.ts')}.cjs`);
const inputs = `${bundle}.inputs.json`;

if (!isFresh()) await build();
// The program sees the arguments that it would see when run by itself.
process.argv.splice(1, 2, entry);
createRequire(import.meta.url)(bundle);

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
  // The list goes first and empty, so that a run cut off here never leaves a list that vouches for another bundle.
  writeFileSync(inputs, '{}');
  writeFileSync(`${bundle}.new`, outputFiles[0].text);
  renameSync(`${bundle}.new`, bundle);
  writeFileSync(inputs, JSON.stringify({ node: process.version, files: Object.fromEntries(files) }));
}
