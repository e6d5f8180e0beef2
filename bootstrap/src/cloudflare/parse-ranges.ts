import ipaddr from 'ipaddr.js';
import { overlap } from '../../../config/cidr.ts';
import { cidr } from '../../../config/values.ts';

/** One of the two lists that Cloudflare publishes. */
export type Family = 'ipv4' | 'ipv6';

interface Expected {
  /** Networks; the lists had 15 and 7 for years. A shorter one was cut off on its way, or is something else. */
  readonly atLeast: number;
  /** Bits; a network with fewer would let half the internet in. */
  readonly shortestPrefix: number;
  /** Where nobody on the internet is (RFC 6890). */
  readonly special: readonly string[];
}

const EXPECTED: Readonly<Record<Family, Expected>> = {
  ipv4: {
    atLeast: 10,
    shortestPrefix: 8,
    special: [
      ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
      ...['192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
      ...['203.0.113.0/24', '224.0.0.0/3'],
    ],
  },
  ipv6: {
    atLeast: 5,
    shortestPrefix: 20,
    // Everything outside 2000::/3, and in it Teredo with its neighbours, documentation and 6to4.
    special: ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16'],
  },
};

/** A list as it was read, and everything that is wrong with it. */
export interface ParsedRanges {
  readonly ranges: readonly string[];
  readonly problems: readonly string[];
}

/** How many bad lines are named; more of them say nothing new. */
const MOST_NAMED = 3;

/**
 * Reads a published list. What it lets in may reach the servers and is believed about visitors' addresses, so a list
 * that is not surely right is refused as a whole.
 * @param source for the messages
 */
export function parseRanges(text: string, family: Family, source: string): ParsedRanges {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const refuse = (...problems: string[]) => ({
    ranges: [],
    problems: problems.map((problem) => `${source}: ${problem}. The ranges that are there stay.`),
  });
  if (lines.length === 0) return refuse('the list is empty');
  if (text.trimStart().startsWith('<')) return refuse('a web page came, not a list');
  const { atLeast } = EXPECTED[family];
  const bad = lines.flatMap((line) => {
    const problem = lineProblem(line, family);
    return problem === undefined ? [] : [`${JSON.stringify(line.slice(0, 60))} ${problem}`];
  });
  const named =
    bad.length > MOST_NAMED ? [...bad.slice(0, MOST_NAMED), `and ${bad.length - MOST_NAMED} more`] : bad;
  const problems = [
    ...(named.length > 0 ? [named.join('; ')] : overlaps(lines)),
    ...(lines.length < atLeast
      ? [`${lines.length} networks are fewer than ${atLeast}: the list is cut off`]
      : []),
  ];
  return problems.length > 0 ? refuse(...problems) : { ranges: lines, problems: [] };
}

function lineProblem(line: string, family: Family): string | undefined {
  if (!cidr.safeParse(line).success) return 'is not a network';
  const [address, bits] = ipaddr.parseCIDR(line);
  if (address.kind() !== family) return `is not ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`;
  const { shortestPrefix, special } = EXPECTED[family];
  if (bits < shortestPrefix) return `is wider than /${shortestPrefix}`;
  const inside = special.find((network) => overlap(network, line));
  return inside === undefined ? undefined : `is not on the internet (${inside})`;
}

function overlaps(lines: readonly string[]): string[] {
  return lines.flatMap((line, i) => {
    const other = lines.slice(0, i).find((before) => overlap(before, line));
    return other === undefined ? [] : [`${line} overlaps ${other}`];
  });
}
