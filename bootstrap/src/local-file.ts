import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';

/**
 * Puts a text in place of a file that exists, as a whole or not at all, with the mode that it has. A link stays, and what
 * it leads to is replaced.
 */
export function replaceFile(path: string, text: string): void {
  const file = realpathSync(path);
  const draft = `${file}.${process.pid}.new`;
  const handle = openSync(draft, 'w', statSync(file).mode & 0o777);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
