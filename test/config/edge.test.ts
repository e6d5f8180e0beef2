import ipaddr from 'ipaddr.js';
import { overlap } from '../../config/cidr.ts';
import { cloudflareRanges } from '../../config/cloudflare.ts';
import published from '../../config/cloudflare-ranges.json';
import { edgePorts, edgeSources } from '../../config/edge.ts';
import { cidr } from '../../config/values.ts';
import { all, cluster, drop, swap } from './edits.ts';

/** Who reaches the servers from outside, and where: the one port that is open to the world. */

const flexible = all(
  swap('tls: strict', 'tls: flexible'),
  drop('  originPullCA: "-----BEGIN CERTIFICATE-----"\n'),
);
const behindCloudflare = drop('  proxyRanges: [198.51.100.0/24, "2001:db8:c::/48"]\n');

test('the port follows the mode: 443 when Cloudflare speaks TLS to the servers, 80 when it does not, both in between', () => {
  const both = swap('tls: strict', 'tls: both');
  const of = (...edits: Parameters<typeof cluster>) => edgePorts(cluster(...edits)).map(({ port }) => port);
  expect([of(), of(flexible), of(both)]).toEqual([[443], [80], [80, 443]]);
});

test('with proxyRanges only these reach the edge; Cloudflare is not let in besides', () => {
  expect(edgeSources(cluster())).toEqual(['198.51.100.0/24', '2001:db8:c::/48']);
});

test('without proxyRanges it is Cloudflare, in both modes and both address families', () => {
  expect(edgeSources(cluster(behindCloudflare))).toEqual([...published.ipv4, ...published.ipv6]);
  expect(edgeSources(cluster(behindCloudflare, flexible))).toEqual([...published.ipv4, ...published.ipv6]);
});

/** A short or wrong list would shut out a part of the users, and a list too wide lets others pass for Cloudflare. */
describe("Cloudflare's published ranges", () => {
  test('are 15 and 7: the list has been these for years, and a shorter one was cut off', () => {
    expect([published.ipv4.length, published.ipv6.length]).toEqual([15, 7]);
  });

  test('are networks, each of its family', () => {
    expect(cloudflareRanges.filter((range) => !cidr.safeParse(range).success)).toEqual([]);
    expect(published.ipv4.filter((range) => ipaddr.parseCIDR(range)[0].kind() !== 'ipv4')).toEqual([]);
    expect(published.ipv6.filter((range) => ipaddr.parseCIDR(range)[0].kind() !== 'ipv6')).toEqual([]);
  });

  test('do not overlap: UFW refuses a rule that it has already', () => {
    const pairs = cloudflareRanges.flatMap((a, i) =>
      cloudflareRanges.slice(i + 1).map((b) => [a, b] as const),
    );
    expect(pairs.filter(([a, b]) => overlap(a, b))).toEqual([]);
  });

  test('are none of them so wide that half a registry would be trusted', () => {
    expect(published.ipv4.filter((range) => Number(range.split('/')[1]) < 12)).toEqual([]);
    expect(published.ipv6.filter((range) => Number(range.split('/')[1]) < 29)).toEqual([]);
  });

  test('say from when and where they are', () => {
    expect(published.date).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(new Date(`${published.date}T00:00:00Z`).toISOString().slice(0, 10)).toBe(published.date);
    expect(published.source).toBe('https://www.cloudflare.com/ips-v4 and https://www.cloudflare.com/ips-v6');
  });
});
