/** Where the Kubernetes API definitions come from: one file of a checksummed Go module. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImportsError } from './imports-error.ts';
import type { Definitions } from './imports-schema.ts';

/** The module, its version, and the h1 sum under which the public checksum database knows it. */
export const SOURCE = {
  module: 'k8s.io/kubernetes',
  version: 'v1.34.4',
  sum: 'h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=',
  file: 'api/openapi-spec/swagger.json',
} as const;

/** What `go mod download -json` prints, as far as we use it. */
interface Download {
  readonly Dir?: string;
  readonly Sum?: string;
  readonly Error?: string;
}

/** The definitions of every API type of that Kubernetes version. No network when the module is in Go's cache. */
export async function readDefinitions(): Promise<Definitions> {
  const file = join(await moduleDirectory(), SOURCE.file);
  const spec = JSON.parse(await readFile(file, 'utf8')) as { definitions?: Definitions };
  if (!spec.definitions) {
    throw new ImportsError('bad-spec', `${SOURCE.file} of ${named()} has no "definitions".`);
  }
  return spec.definitions;
}

async function moduleDirectory(): Promise<string> {
  const { Dir, Sum, Error: reason } = await download();
  if (reason || !Dir) {
    throw new ImportsError(
      'download-failed',
      `go could not download ${named()}: ${reason ?? 'no directory in its answer'}\n` +
        "It needs the network once; after that the copy in Go's module cache is used.",
    );
  }
  if (Sum !== SOURCE.sum) {
    throw new ImportsError(
      'checksum-differs',
      `The checksum of ${named()} differs: expected ${SOURCE.sum}, go reports ${Sum ?? 'none'}.\n` +
        'A published version never changes, so do not use this copy: run `go clean -modcache` and try again. ' +
        'If you raised the version, set the new sum in tools/imports-source.ts.',
    );
  }
  return Dir;
}

/** Runs go away from the project, so that a go.mod in or above it has no say. */
async function download(): Promise<Download> {
  const args = ['mod', 'download', '-json', `${SOURCE.module}@${SOURCE.version}`];
  try {
    return JSON.parse((await promisify(execFile)('go', args, { cwd: tmpdir() })).stdout) as Download;
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT') {
      throw new ImportsError(
        'go-missing',
        `The command "go" was not found. Install Go 1.21 or newer (https://go.dev/doc/install): it fetches ${named()} ` +
          'and verifies it. Only regenerating imports/ needs Go; synth and the tests do not.',
        { cause: error },
      );
    }
    return failure(stdout ?? '', stderr ?? String(error));
  }
}

/** go exits 1 on a failed download and says why in the same JSON; for anything else its stderr is the reason. */
function failure(stdout: string, stderr: string): Download {
  try {
    const answer = JSON.parse(stdout) as Download;
    return { Error: answer.Error ?? stderr.trim() };
  } catch {
    return { Error: stderr.trim() };
  }
}

/** `k8s.io/kubernetes@v1.34.4`, for messages and headers. */
export function named(): string {
  return `${SOURCE.module}@${SOURCE.version}`;
}
