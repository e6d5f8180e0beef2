import { addressCases } from './cases-addresses.ts';
import { edgeCases } from './cases-edge.ts';
import { hostCases } from './cases-hosts.ts';
import { imageCases } from './cases-images.ts';
import { keyCases } from './cases-keys.ts';
import { numberCases } from './cases-numbers.ts';
import { severalCases } from './cases-several.ts';
import { syntaxCases } from './cases-syntax.ts';
import { valueCases } from './cases-values.ts';
import { workloadCases } from './cases-workloads.ts';
import { all, drop, errorsOf, goodText, swap } from './edits.ts';

/**
 * What an operator reads after a slip in cluster.yaml, word for word: the message is all there is at night, so a
 * change of one is a change of the product and is seen in a diff of these tables.
 */
describe.each([
  ['syntax', syntaxCases],
  ['keys', keyCases],
  ['values', valueCases],
  ['numbers, choices and texts', numberCases],
  ['addresses', addressCases],
  ['hosts', hostCases],
  ['images', imageCases],
  ['workloads', workloadCases],
  ['edge', edgeCases],
  ['several at once', severalCases],
])('%s', (_, cases) => {
  test.each(cases.map(({ why, ...rest }) => [why, rest] as const))('%s', (_, { edit, errors }) => {
    expect(errorsOf(edit(goodText))).toEqual(errors);
  });
});

describe('the ground that the cases stand on', () => {
  test('without an edit there is nothing to say, so that every message above is due to its edit', () => {
    expect(errorsOf(goodText)).toEqual([]);
  });

  test('an edit whose target is gone, or not the only one, is an error and not a silent pass', () => {
    expect(() => swap('no such text', '')(goodText)).toThrow('"no such text" stands 0 times');
    expect(() => swap('hostname:', 'x')(goodText)).toThrow('"hostname:" stands 3 times');
  });
});

describe('what looks odd and is allowed', () => {
  const withoutPrivateNetwork = (text: string) => text.replace(/ +private(IPv4|CIDR): .*\n/g, '');
  const onExistingHosts = swap(
    '  kind: hetzner\n  location: nbg1\n  serverType: cx33\n  image: ubuntu-24.04',
    '  kind: static',
  );

  test.each([
    ['a start of document, as other tools write it', (text: string) => `---\n${text}`],
    ['a byte order mark, as editors of Windows write it', (text: string) => `\uFEFF${text}`],
    ['lines that end as on Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    [
      'an anchor and its alias',
      all(swap('port: 5432', 'port: &port 5432'), swap('port: 587', 'port: *port')),
    ],
    ['one word for a node in ssh and in Kubernetes', swap('alias: two', 'alias: node-2')],
    ['hosts without a private network', all(onExistingHosts, withoutPrivateNetwork)],
    ['hosts that exist, with a private network', onExistingHosts],
    [
      'servers to which the provider has given no addresses yet',
      (text: string) => text.replace(/ +publicIPv[46]: .*\n/g, ''),
    ],
    ['an existing host without IPv6', all(onExistingHosts, drop('    publicIPv6: 2001:db8:2::1\n'))],
    ['nobody but the servers at the API server', swap('[203.0.113.7/32]', '[]')],
    ['a burst as large as the average', swap('burst: 100', 'burst: 50')],
    ['a limit that is the request', swap('cpu: 2000m, memory: 500Mi', 'cpu: 100m, memory: 128Mi')],
    ['Redis at 60 % of its container', swap('maxmemory: 256Mi', 'maxmemory: 307Mi')],
    ['the largest queue', swap('queue: 1Gi', 'queue: 1535Mi')],
    ['an image with a digest', swap('api:237c6b8', `api:237c6b8@sha256:${'0123456789abcdef'.repeat(4)}`)],
    [
      'a mirror of releases without TLS, as the checksum is there',
      swap('https://releases', 'http://releases'),
    ],
    ['a registry with a port', swap('docker.io/library/redis', 'mirror.example.com:5000/library/redis')],
  ])('%s', (_, edit) => {
    expect(errorsOf(edit(goodText))).toEqual([]);
  });
});
