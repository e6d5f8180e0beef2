import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudflareRanges } from '../../../config/cloudflare.ts';
import { projectFolder } from '../project.ts';

/** The committed list of Cloudflare's ranges. */
export const rangesFile = join(projectFolder, 'config/cloudflare-ranges.json');

export function readRangesFile(file: string): CloudflareRanges {
  return JSON.parse(readFileSync(file, 'utf8')) as CloudflareRanges;
}

/** The text of the file, in the shape in which it is committed. */
export function rangesText(ranges: CloudflareRanges): string {
  const { source, date, ipv4, ipv6 } = ranges;
  return `${JSON.stringify({ source, date, ipv4, ipv6 }, null, 2)}\n`;
}
