import { createHash } from 'node:crypto';
import { createReadStream, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CHECKSUMS } from './releases.ts';

/** Writes the checksum file of a release's binary, last: a folder with it is complete. */
export async function writeChecksums(folder: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, 'k3s')), hash);
  const file = join(folder, CHECKSUMS);
  writeFileSync(`${file}.new`, `${hash.digest('hex')}  k3s\n`);
  renameSync(`${file}.new`, file);
}
