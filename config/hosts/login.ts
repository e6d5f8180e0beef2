import type { Cluster } from '../schema.ts';

/** The one account that may log in. It has sudo. */
export const loginUser = 'deploy';

/** Who logs in before that account is there; with sudo if it is not root. */
export function firstUser({ provider }: Cluster): string {
  return provider.kind === 'static' ? (provider.user ?? 'root') : 'root';
}

/** Bits; sshd refuses shorter RSA keys. */
export const smallestRSAKey = 3072;
