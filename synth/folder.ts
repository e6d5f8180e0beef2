import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Rendered } from './render.ts';

/** The output folder cannot be used. Says which file is in the way and what to do. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** What synth may overwrite and remove. Anything else in the folder is somebody's, and stops it. */
const MANIFEST = /^[^/]+\.k8s\.yaml$/;
const HOST = /^hosts\/[^/]+\.txt$/;

/**
 * The manifests that are there now; none for a folder that does not exist.
 * @throws OutputError when the folder holds something that synth did not write
 */
export function readFolder(folder: string): Rendered {
  return read(folder, MANIFEST);
}

/** As readFolder, for the texts about the hosts, `hosts/ALIAS.txt`. */
export function readHosts(folder: string): Rendered {
  return read(folder, HOST);
}

function read(folder: string, wanted: RegExp): Rendered {
  if (!existsSync(folder)) return new Map();
  if (!statSync(folder).isDirectory())
    throw new OutputError(`${folder} is not a folder; choose another --out`);
  const names = namesIn(folder);
  const foreign = names.filter((name) => !MANIFEST.test(name) && !HOST.test(name));
  if (foreign.length > 0) {
    throw new OutputError(
      `${foreign.map((name) => join(folder, name)).join(', ')}: not written by synth, which replaces the whole folder; ` +
        'move it away or choose another --out',
    );
  }
  return new Map(
    names.filter((name) => wanted.test(name)).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** Files by their path in the folder, and whatever is in place of one. */
function namesIn(folder: string): string[] {
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name !== 'hosts' || !entry.isDirectory()) return entry.name;
    return readdirSync(join(folder, entry.name)).map((name) => `${entry.name}/${name}`);
  });
  return names.sort();
}

/**
 * Puts the files in place of the folder: written beside it, then swapped in whole, so that a failure leaves the
 * folder as it was. Files that are no longer rendered are gone with the old folder.
 */
export function replaceFolder(folder: string, files: Rendered): void {
  const next = `${folder}.new`;
  const previous = `${folder}.old`;
  rmSync(next, { recursive: true, force: true });
  for (const [name, text] of files) {
    mkdirSync(dirname(join(next, name)), { recursive: true });
    writeFileSync(join(next, name), text);
  }
  rmSync(previous, { recursive: true, force: true });
  if (existsSync(folder)) renameSync(folder, previous);
  renameSync(next, folder);
  rmSync(previous, { recursive: true, force: true });
}

/** Ends what an earlier run began: between its two renames the only copy is beside the folder. */
export function recoverFolder(folder: string): void {
  if (!existsSync(folder) && existsSync(`${folder}.old`)) renameSync(`${folder}.old`, folder);
}
