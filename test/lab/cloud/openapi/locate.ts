import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A JSON object as read from a file. */
export type JsonObject = Record<string, unknown>;

const repositoryRoot = path.resolve(__dirname, '../../../..');

/**
 * Reads the provider's OpenAPI description: the file that HCLOUD_OPENAPI names, or `../shared/data/hcloud.openapi.json`
 * beside the repository. The file is not part of the project; without it the check is off, and `warn` says so.
 * @throws Error when HCLOUD_OPENAPI names a file that is not there, or the file is no OpenAPI 3 document
 */
export function loadDescription(
  warn: (line: string) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): JsonObject | undefined {
  const named = env.HCLOUD_OPENAPI;
  const file = named || path.join(repositoryRoot, '../shared/data/hcloud.openapi.json');
  if (!existsSync(file)) {
    if (named) throw new Error(`HCLOUD_OPENAPI names ${named}, which does not exist: correct it or unset it`);
    warn(
      'CLOUD EMULATOR: THE CHECK AGAINST THE PROVIDER’S OPENAPI DESCRIPTION IS OFF: no file was found. ' +
        'Set HCLOUD_OPENAPI to a copy of it (see test/lab/cloud/README.md).',
    );
    return undefined;
  }
  const description = JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
  if (!String(description.openapi).startsWith('3.0') || !description.paths) {
    throw new Error(`${file} is not an OpenAPI 3.0 description: give HCLOUD_OPENAPI another file`);
  }
  return description;
}
