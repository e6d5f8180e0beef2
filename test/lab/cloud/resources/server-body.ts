import { z } from 'zod';
import { invalidField } from '../api/errors.ts';
import { idBody, labelsBody } from './bodies.ts';

// "This field is limited to 32KiB."
const maxUserDataBytes = 32 * 1024;

/** What a server is created from. Volumes and data centers are not taken. */
export const createServerBody = z.strictObject({
  name: z.string(),
  server_type: z.string(),
  image: z.string(),
  location: z.string().optional(),
  start_after_create: z.boolean().optional(),
  placement_group: idBody.optional(),
  ssh_keys: z.array(z.string()).optional(),
  networks: z.array(idBody).optional(),
  firewalls: z.array(z.strictObject({ firewall: idBody })).optional(),
  user_data: z.string().optional(),
  labels: labelsBody.optional(),
  public_net: z
    .strictObject({
      enable_ipv4: z.boolean().optional(),
      enable_ipv6: z.boolean().optional(),
      ipv4: idBody.nullish(),
      ipv6: idBody.nullish(),
    })
    .optional(),
});

export type CreateServerBody = z.infer<typeof createServerBody>;

/**
 * Refuses a name that is no host name as in RFC 1123.
 * @throws ApiError `invalid_input`
 */
export function requireHostname(name: string): void {
  const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
  if (name.length > 253 || !new RegExp(`^${label}(\\.${label})*$`).test(name)) {
    throw invalidField('name', 'must be a valid hostname');
  }
}

/**
 * Refuses user data above the provider's limit.
 * @throws ApiError `invalid_input`
 */
export function requireUserDataSize(userData: string): void {
  if (Buffer.byteLength(userData) > maxUserDataBytes)
    throw invalidField('user_data', 'is longer than 32 KiB');
}
