import { hasCode } from './errors.ts';
import type { Hcloud } from './hcloud.ts';

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
