/** What one emulated project is set up with. Every value has a default in {@link defaultConfig}. */
export interface CloudConfig {
  tokens: { token: string; access: 'read' | 'write' }[];
  /** How long an action takes at least, in milliseconds. */
  actionMs: number;
  /** Requests per hour and how many flow back each second. */
  rateLimit: { limit: number; perSecond: number };
  /** Public IPv4 addresses that servers get, in order. */
  publicIPv4: { first: string; last: string };
  /** Public IPv6: each server owns PREFIX:N::/64, where N is the last part of its IPv4 address; it uses its `::1`. */
  publicIPv6Prefix: string;
  /** First addresses of servers by name, so that known hosts keep theirs whatever order they are created in. */
  reservedIPv4: Record<string, string>;
}

/** The lab's token. It opens nothing but the emulator. */
export const labToken = 'lab-cloud-token';
/** A token that may only read. */
export const labReadToken = 'lab-cloud-read-token';

export const defaultConfig: CloudConfig = {
  tokens: [
    { token: labToken, access: 'write' },
    { token: labReadToken, access: 'read' },
  ],
  actionMs: 150,
  // The provider's default: 3,600 an hour, one more each second.
  rateLimit: { limit: 3600, perSecond: 1 },
  publicIPv4: { first: '203.0.113.11', last: '203.0.113.99' },
  publicIPv6Prefix: '2001:db8:113',
  reservedIPv4: {},
};
