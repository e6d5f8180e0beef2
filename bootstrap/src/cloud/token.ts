import { Secret } from '../secrets/secret.ts';
import { hasCode } from './errors.ts';
import type { Hcloud } from './hcloud.ts';

/** There is no token. Says where to get one, and how to give it. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/**
 * The provider's token, from where the provider's own tool takes it.
 * @throws TokenError
 */
export function tokenFrom({ HCLOUD_TOKEN: token = '' }: NodeJS.ProcessEnv): Secret {
  if (token.trim() !== '') return new Secret(token.trim());
  throw new TokenError(
    'HCLOUD_TOKEN is not set. Make a token with read and write access in the Hetzner console (Security, API tokens), then: ' +
      'read -rs HCLOUD_TOKEN && export HCLOUD_TOKEN',
  );
}

/**
 * Why the token does not serve; undefined when it may read and write. The API does not tell a token's rights, so
 * this asks for something that it must refuse: an SSH key without a key. Nothing is made.
 * @throws CloudError when the provider cannot be asked
 */
export async function tokenProblem({ api }: Hcloud): Promise<string | undefined> {
  try {
    await api.POST('/ssh_keys', { body: { name: 'honeydue-may-i-write', public_key: '' } });
  } catch (error) {
    if (hasCode(error, 'invalid_input')) return undefined;
    if (hasCode(error, 'unauthorized', 'forbidden', 'token_readonly')) return error.message;
    throw error;
  }
  throw new Error(
    'Hetzner took an SSH key without a key. Delete honeydue-may-i-write in the Hetzner console.',
  );
}
