import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The key with which whoever provisions logs in. */
export interface OperatorKey {
  /** File of the private key. */
  readonly identity: string;
  /** The line of its .pub file. */
  readonly publicKey: string;
}

/** There is no key to log in with. Says where it was looked for, and how to make one. */
export class OperatorKeyError extends Error {
  override readonly name = 'OperatorKeyError';
}

/** Names under ~/.ssh, the best first. */
const NAMES = ['id_ed25519', 'id_ecdsa', 'id_rsa'] as const;

/**
 * The key that HONEYDUE_SSH_KEY names, or the first of the usual ones with its .pub file beside it.
 * @throws OperatorKeyError
 */
export function findOperatorKey({
  HONEYDUE_SSH_KEY: named,
  HOME = homedir(),
}: NodeJS.ProcessEnv): OperatorKey {
  const candidates = named ? [named] : NAMES.map((name) => join(HOME, '.ssh', name));
  const identity = candidates.find((file) => existsSync(file) && existsSync(`${file}.pub`));
  if (identity === undefined) {
    const where = candidates.join(', ');
    const remedy = named
      ? 'HONEYDUE_SSH_KEY must name a private key with its .pub file beside it.'
      : 'Make one: ssh-keygen -t ed25519. Or set HONEYDUE_SSH_KEY to the file of another one.';
    throw new OperatorKeyError(`No SSH key with its .pub file: looked for ${where}. ${remedy}`);
  }
  return { identity, publicKey: readFileSync(`${identity}.pub`, 'utf8').trim() };
}
