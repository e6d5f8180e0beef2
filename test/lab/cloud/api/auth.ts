import type { CloudConfig } from '../config.ts';
import { ApiError } from './errors.ts';

/**
 * Admits a request by its bearer token.
 * @throws ApiError `unauthorized` without a known token, `token_readonly` for a change with a read-only one
 */
export function authorize(header: string | undefined, method: string, config: CloudConfig): void {
  const token = /^Bearer (\S+)$/.exec(header ?? '')?.[1];
  const access = config.tokens.find((entry) => entry.token === token)?.access;
  if (!access) throw new ApiError('unauthorized', 'unable to authenticate');
  if (access === 'read' && method !== 'GET') {
    throw new ApiError('token_readonly', 'the token is only allowed to perform GET requests');
  }
}
