import type { z } from 'zod';
import { meant } from '../../config/suggestion.ts';
import * as value from '../../config/values.ts';

/**
 * The edges of every type of value: what passes here is written into manifests, firewall rules and configuration as
 * it stands, without another check.
 */
const label63 = 'a'.repeat(63);
const hex64 = '0123456789abcdef'.repeat(4);

/** Values without blanks, written in a row. */
const row = (text: string) => text.split(' ');

/** As OpenSSH writes keys: each field behind its length. */
function publicKey(type: string, ...fields: (string | Buffer)[]): string {
  const parts = [type, ...fields].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, Buffer.from(field)];
  });
  return `${type} ${Buffer.concat(parts).toString('base64')}`;
}

const ED25519 = publicKey('ssh-ed25519', Buffer.alloc(32, 7));

/** A number of so many bits; the zero before it says that it is positive. */
const rsaModulus = (bits: number) =>
  Buffer.concat([
    Buffer.of(0, bits % 8 === 0 ? 0x80 : 2 ** ((bits % 8) - 1)),
    Buffer.alloc(Math.ceil(bits / 8) - 1, 1),
  ]);

interface Samples {
  readonly type: z.ZodType;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

const types: Readonly<Record<string, Samples>> = {
  hostname: {
    type: value.hostname,
    good: [...row('a 7 node-1 ubuntu-8gb-nbg1-2 a--b'), label63],
    bad: [...row('-a a- A a.b a_b ä'), '', 'a b', 'a\n', `${label63}a`, 7],
  },
  domain: {
    type: value.domain,
    good: [...row('example.com a.b.c.d.example xn--bcher-kva.example 1.example'), `${label63}.example`],
    bad: [
      ...row(
        'example Example.com example.com. .example.com a..b -a.example a-.example a_b.example 10.0.0.1 1.2',
      ),
      ...row('https://a.example a.example/x a.example:80 *.a.example'),
      ...[`${label63}a.example`, 'a.example\n', ''],
    ],
  },
  ipv4: {
    type: value.ipv4,
    good: row('0.0.0.0 10.0.0.2 255.255.255.255'),
    bad: [
      ...row('256.0.0.1 10.0.0 10.2 10.0.0.02 0x0a.0.0.2 167772162 ::ffff:10.0.0.2 2001:db8::1 10.0.0.2/24'),
      ...[' 10.0.0.2', '10.0.0.2 ', '10.0.0.2\n', '', 167772162],
    ],
  },
  ipv6: {
    type: value.ipv6,
    good: row(':: ::1 2001:db8::1 2001:db8:1:2:3:4:5:6 2001:db8::ff'),
    bad: [
      ...row('2001:DB8::1 2001:0db8::1 2001:db8:0:0:0:0:0:1 2001:db8::0:1 ::ffff:10.0.0.2 fe80::1%eth0'),
      ...row('2001:db8::1/64 2001:db8::1:: 2001:db8:::1 10.0.0.2 [2001:db8::1]'),
      ...[' ::1', ''],
    ],
  },
  cidrV4: {
    type: value.cidrV4,
    good: row('0.0.0.0/0 10.0.0.0/8 10.42.0.0/16 10.0.0.2/32 10.0.0.128/25'),
    bad: [
      ...row('10.0.0.0 10.0.0.1/24 10.0.0.0/33 10.0.0.0/-1 10.0.0.0/08 10/8 10.0.0.0/255.0.0.0 /24'),
      ...row('2001:db8::/64 ::ffff:10.0.0.0/104'),
      ...['10.0.0.0/24 ', ''],
    ],
  },
  cidr: {
    type: value.cidr,
    good: row('0.0.0.0/0 ::/0 203.0.113.7/32 2001:db8::1/128 2001:db8::/32 2a06:98c0::/29'),
    bad: [
      ...row('203.0.113.7 2001:db8::1 2001:db8::1/64 2001:db8::/129 2001:0db8::/32 2001:DB8::/32'),
      ...row('any anywhere 10.0.0.0/8,10.1.0.0/16'),
      ...['', '10.0.0.0/8\n'],
    ],
  },
  port: { type: value.port, good: [1, 80, 65535], bad: [0, -1, 65536, 80.5, '80', null, true, Number.NaN] },
  count: {
    type: value.count(2, 20),
    good: [2, 3, 20],
    bad: [1, 21, 2.5, '3', Number.POSITIVE_INFINITY, 1e21],
  },
  httpsURL: {
    type: value.httpsURL,
    good: row('https://a.example https://a.example/ https://a.example:8443/api/v1/write https://10.0.0.2/x'),
    bad: [
      ...row('http://a.example HTTPS://a.example a.example https:a.example https:/a.example https://'),
      ...row('https://u@a.example https://u:p@a.example https://a.example?x=1 https://a.example/?'),
      ...row('https://a.example/#x https://a.example:99999/'),
      ...['https://a.example/a b', ' https://a.example', 'https://a.example\n', ''],
    ],
  },
  httpURL: {
    type: value.httpURL,
    good: row('http://a.example https://a.example:8443/x http://10.0.0.2:8080/download'),
    bad: [
      ...row('https://a.example/ http://a.example/x/ ftp://a.example a.example http:/a.example http://'),
      ...row('http://u@a.example http://a.example?x=1 http://a.example/#x'),
      ...['http://a.example/a b', 'http://a.example\n', ''],
    ],
  },
  user: {
    type: value.user,
    good: [...row('root ubuntu _apt a-b_1'), 'a'.repeat(32)],
    bad: [...row('Root 1a -a a.b a@b root;id'), '', 'a b', 'root\n', 'a'.repeat(33), 0],
  },
  publicKey: {
    type: value.publicKey,
    good: [
      ED25519,
      `${ED25519} ann@example`,
      `${ED25519} a comment of some words`,
      publicKey('ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(65, 4)),
      publicKey('ssh-rsa', Buffer.of(1, 0, 1), rsaModulus(3072)),
    ],
    bad: [
      publicKey('ssh-rsa', Buffer.of(1, 0, 1), rsaModulus(3071)),
      publicKey('ssh-dss', Buffer.alloc(20, 1)),
      // A body that says another type, that ends too early, that holds more than it says.
      ED25519.replace('ssh-ed25519', 'ssh-rsa'),
      ED25519.slice(0, -8),
      `${ED25519.replace(/=*$/, '')}AAAA`,
      `from="10.0.0.0/8" ${ED25519}`,
      `${ED25519}\n${ED25519}`,
      `${ED25519} ann\rbob`,
      ` ${ED25519}`,
      ...['ssh-ed25519', 'ssh-ed25519 ', 'ssh-ed25519 AAAA', '-----BEGIN OPENSSH PRIVATE KEY-----', '', 7],
    ],
  },
  sha256: {
    type: value.sha256,
    good: [hex64],
    bad: [...row(`${hex64}0 ${hex64.slice(1)} ${hex64.toUpperCase()} sha256:${hex64}`), `${hex64}\n`, '', 7],
  },
  yes: { type: value.yes, good: [true, false], bad: ['true', 'yes', 'on', 1, 0, null] },
  word: {
    type: value.word('a word'),
    good: row('a honeyDue ü - a:b'),
    bad: ['', ' ', 'a b', 'a\n', '\t', 7, null],
  },
  image: {
    type: value.image,
    good: [
      ...row('docker.io/library/redis:7.4.9-alpine a.example/x:1 a.example:5000/x/y/z:v1.2_3'),
      ...row(`a.example/x:stable a.example/x:latest-2 a.example/x:1@sha256:${hex64}`),
      ...[`a.example/x:${'t'.repeat(128)}`],
    ],
    bad: [
      ...row('redis redis:7 library/redis:7 localhost/redis:7 a.example/x a.example/x: a.example/x:latest'),
      ...row(`a.example/x@sha256:${hex64} a.example/x:latest@sha256:${hex64} a.example/x:7@sha256:${hex64}0`),
      ...row(
        `a.example/x:7@sha512:${hex64} a.example/x:7@ a.example/X:7 https://a.example/x:7 a.example//x:7`,
      ),
      ...['a.example/x:-7', 'a.example/x: 7', 'a.example/x:7\n', `a.example/x:${'t'.repeat(129)}`, ''],
    ],
  },
  cpu: {
    type: value.cpu,
    good: row('1m 250m 2000m'),
    bad: [...row('0m 01m 1 0.5 1.5m -1m 250M'), '250 m', '250m\n', 250],
  },
  memory: {
    type: value.memory,
    good: row('1Mi 256Mi 1Gi 1536Mi'),
    bad: [...row('0Mi 01Mi 256 256M 256mi 1.5Gi 1Ki 1Ti -1Mi 1e3Mi'), '256 Mi', '256Mi\n', 256],
  },
  k3sVersion: {
    type: value.k3sVersion,
    good: row('v1.34.6+k3s1 v1.34.12+k3s1 v1.35.0+k3s2 v1.40.1+k3s1'),
    bad: [
      ...row('1.34.6+k3s1 v1.33.9+k3s1 v1.9.1+k3s1 v2.0.0+k3s1 v1.34.6 v1.34+k3s1 v1.34.6-k3s1 v1.34.6+k3s'),
      ...row('v1.34.6-rc1+k3s1 latest stable'),
      ...['v1.34.6+k3s1 ', '', 1.34],
    ],
  },
};

describe.each(Object.entries(types))('%s', (name, { type, good, bad }) => {
  test.each(good.map((v) => [v]))('allows %j', (v) => {
    expect(type.safeParse(v).success).toBe(true);
  });
  test.each(bad.map((v) => [v]))('refuses %j', (v) => {
    expect(type.safeParse(v).success).toBe(false);
  });
  test('says in one sentence what is allowed, the same for every way to be wrong', () => {
    const sentences = bad.flatMap((v) => type.safeParse(v).error?.issues.map(({ message }) => message) ?? []);
    expect([name, new Set(sentences).size]).toEqual([name, 1]);
  });
});

test('every type of value is tried above', () => {
  expect(Object.keys(types).sort()).toEqual(Object.keys(value).sort());
});

/** A wrong suggestion sends an operator the wrong way; none costs a look at the list beside it. */
test.each([
  ['prot', ['host', 'port'], 'port'],
  ['Port', ['host', 'port'], 'port'],
  ['remote_write_url', ['remoteWriteURL'], 'remoteWriteURL'],
  ['tsl', ['tls', 'rateLimit'], 'tls'],
  ['x', ['b2', 'k3s'], undefined],
  ['db', ['b2', 'k3s'], undefined],
  ['password', ['host', 'port'], undefined],
  ['port', [], undefined],
])('of %j, one of %j was probably meant: %j', (word, known, expected) => {
  expect(meant(word, known)).toBe(expected);
});
