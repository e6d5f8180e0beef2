import published from './cloudflare-ranges.json';

/** What the data file holds. */
export interface CloudflareRanges {
  readonly source: string;
  /** ISO date on which they were read. */
  readonly date: string;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/** Where Cloudflare publishes its ranges: one network a line. */
export const cloudflareLists = {
  ipv4: 'https://www.cloudflare.com/ips-v4',
  ipv6: 'https://www.cloudflare.com/ips-v6',
} as const;

/** Cloudflare's published ranges, IPv4 first. The data file says where they come from and when they were read. */
export const cloudflareRanges: readonly string[] = rangesOf(published);

export function rangesOf({ ipv4, ipv6 }: CloudflareRanges): string[] {
  return [...ipv4, ...ipv6];
}
