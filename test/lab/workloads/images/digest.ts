import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a text or bytes, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of a file, in hexadecimal, without reading it into memory. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const TEST_FILE = /(_test\.go|\.test\.ts)$/;

/** One short key for the contents and names of all files under a folder, tests aside. */
export async function folderKey(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sources = entries.filter((entry) => entry.isFile() && !TEST_FILE.test(entry.name));
  const files = sources.map((entry) => join(entry.parentPath, entry.name));
  const lines = await Promise.all(
    files.sort().map(async (file) => `${file.slice(folder.length)} ${await sha256File(file)}`),
  );
  return shortKey(lines);
}

/** A key of 16 hexadecimal digits, good for the name of a cached thing made from these inputs. */
export function shortKey(inputs: readonly string[]): string {
  return sha256(JSON.stringify(inputs)).slice(0, 16);
}
