import { randomBytes } from 'node:crypto';
import { k3sPaths } from '../../../config/hosts/k3s-paths.ts';
import type { Host } from '../host/host.ts';
import { must, type Remote } from '../host/remote.ts';
import { carryOut, writeTask } from '../host/task.ts';
import type { Server } from './state.ts';

/** Bytes of a new token: more than anybody can guess. */
const TOKEN_BYTES = 32;

/**
 * The tokens of a new cluster, on its first server. Those of an earlier run that was cut off stay. Nobody else ever
 * sees them but servers that join.
 */
export async function foundTokens(host: Host, { facts }: Server): Promise<void> {
  const missing = [k3sPaths.token, k3sPaths.agentToken].filter((path) => !facts.hashes[path]);
  await carryOut(
    host,
    missing.map((path) => tokenFile(path, randomBytes(TOKEN_BYTES).toString('hex'))),
  );
}

/** Brings the cluster's tokens to a server that joins: the full one, by which it knows the cluster it talks to. */
export async function joinTokens(host: Host, live: Remote): Promise<void> {
  const [token, agentToken] = await Promise.all([
    must(live, ['cat', k3sPaths.serverToken]),
    must(live, ['cat', k3sPaths.agentToken]),
  ]);
  await carryOut(host, [
    tokenFile(k3sPaths.token, token.trim()),
    tokenFile(k3sPaths.agentToken, agentToken.trim()),
  ]);
}

const tokenFile = (path: string, content: string) =>
  writeTask({ path, mode: '0600', owner: 'root:root', content });
