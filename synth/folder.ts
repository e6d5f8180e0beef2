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
import { join } from 'node:path';
import type { Rendered } from './render.ts';

/** The output folder cannot be used. Says which file is in the way and what to do. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** What synth may overwrite and remove. Anything else in the folder is somebody's, and stops it. */
const OURS = /\.k8s\.yaml$/;

/**
 * The files that are there now; none for a folder that does not exist.
 * @throws OutputError when the folder holds something that synth did not write
 */
export function readFolder(folder: string): Rendered {
  if (!existsSync(folder)) return new Map();
  if (!statSync(folder).isDirectory())
    throw new OutputError(`${folder} is not a folder; choose another --out`);
  const names = readdirSync(folder).sort();
  const foreign = names.filter((name) => !OURS.test(name));
  if (foreign.length > 0) {
    throw new OutputError(
      `${foreign.map((name) => join(folder, name)).join(', ')}: not written by synth, which replaces the whole folder; ` +
        'move it away or choose another --out',
    );
  }
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/**
 * Puts the files in place of the folder: written beside it, then swapped in whole, so that a failure leaves the
 * folder as it was. Files that are no longer rendered are gone with the old folder.
 */
export function replaceFolder(folder: string, files: Rendered): void {
  const next = `${folder}.new`;
  const previous = `${folder}.old`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(next, name), text);
  rmSync(previous, { recursive: true, force: true });
  if (existsSync(folder)) renameSync(folder, previous);
  renameSync(next, folder);
  rmSync(previous, { recursive: true, force: true });
}

/** Ends what an earlier run began: between its two renames the only copy is beside the folder. */
export function recoverFolder(folder: string): void {
  if (!existsSync(folder) && existsSync(`${folder}.old`)) renameSync(`${folder}.old`, folder);
}
