import { k3sPaths } from '../../../config/hosts/k3s-paths.ts';
import type { K3sRelease } from '../../../config/k3s-releases.ts';
import { type HostTask, runTask } from '../host/task.ts';

/** Beside its final place, so that it is put there in one step. */
const DRAFT = `${k3sPaths.binary}.honeydue-new`;

/** Milliseconds, for some 80 MB over a slow line. */
const DOWNLOAD_DEADLINE = 10 * 60_000;

/** Fetches the binary, checks it, and only then puts it into place. The host fetches: its line is the better one. */
export function binaryTasks({ binary, version }: K3sRelease, sha256: string): HostTask[] {
  return [
    runTask(
      ['curl', '--fail', '--silent', '--show-error', '--location', '--retry', '3', '--output', DRAFT, binary],
      {
        deadline: DOWNLOAD_DEADLINE,
      },
    ),
    runTask(['sh', '-c', `echo '${sha256}  ${DRAFT}' | sha256sum --check --strict`]),
    runTask(['chmod', '0755', DRAFT]),
    runTask(['sh', '-c', `${DRAFT} --version | grep -qF '${version}'`]),
    runTask(['mv', '-f', DRAFT, k3sPaths.binary]),
  ];
}

/**
 * The checksum that the binary must have: cluster.yaml's, or else that of the release's own list, which is as
 * trustworthy as the binary beside it.
 * @throws Error when the list cannot be had or does not name the binary
 */
export async function expectedSha256(
  { sha256, checksums }: K3sRelease,
  signal: AbortSignal,
): Promise<string> {
  if (sha256 !== undefined) return sha256;
  const remedy = 'Set k3s.sha256 in cluster.yaml, or try again.';
  const answer = await fetch(checksums, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
  }).catch((error: Error) => {
    throw new Error(`${checksums} cannot be fetched: ${error.message}. ${remedy}`);
  });
  if (!answer.ok) throw new Error(`${checksums} answers ${answer.status}. Is k3s.version right? ${remedy}`);
  const found = /^([0-9a-f]{64}) [ *]k3s$/m.exec(await answer.text())?.[1];
  if (found === undefined) throw new Error(`${checksums} has no line for k3s. ${remedy}`);
  return found;
}
