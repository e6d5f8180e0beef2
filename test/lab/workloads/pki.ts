import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { cacheDir } from '../core/paths.ts';
import { must } from '../core/process.ts';
import { shortKey } from './images/digest.ts';
import { PRODUCTION_NAMES } from './names.ts';

const NAMES = [...PRODUCTION_NAMES, 'registry.lab', 'obs.lab', 'smtp.lab', 'localhost'];

function folderIn(cache: string): string {
  return join(cache, `pki-${shortKey(NAMES)}`);
}

/**
 * The lab's certificate authority and the certificate that its services show, made once: images and hosts trust it.
 * @returns folder with ca.pem, server.pem and server.key
 */
export async function makePki(cache: string, labsvc: string): Promise<string> {
  const folder = folderIn(cache);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(`${folder}.partial-`);
  await must([labsvc, 'pki', '-dir', work, ...NAMES.flatMap((name) => ['-name', name])]);
  try {
    renameSync(work, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // another process was faster
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/** File with the certificate of the lab's authority, PEM. @throws LabError when it has not been made */
export function authorityFile(): string {
  const file = join(folderIn(join(cacheDir(), 'workloads')), 'ca.pem');
  if (!existsSync(file))
    throw new LabError("the lab's authority", `${file} is not there`, 'run test/lab/setup');
  return file;
}
