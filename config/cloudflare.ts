import published from './cloudflare-ranges.json';

/** Cloudflare's published ranges, IPv4 first. The data file says where they come from and when they were read. */
export const cloudflareRanges: readonly string[] = [...published.ipv4, ...published.ipv6];
