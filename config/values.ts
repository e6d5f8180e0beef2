import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { smallestRSAKey } from './hosts/login.ts';
import { isPublicKey } from './public-key.ts';

/**
 * The value types of cluster.yaml. Each carries one sentence that says what is allowed; the same sentence
 * is the error message, the hint in the editor and the documentation, so they cannot drift apart.
 */

const text = (allowed: string) => z.string({ error: allowed });

/** A string that a pattern can check, so that an editor checks it too. */
const pattern = (allowed: string, regex: RegExp) =>
  text(allowed).regex(regex, { error: allowed }).meta({ description: allowed });

/** A string that only code can check. */
const checked = (allowed: string, isAllowed: (value: string) => boolean) =>
  text(allowed).refine(isAllowed, { error: allowed }).meta({ description: allowed });

/** One DNS label, as Kubernetes asks of names (RFC 1123). */
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';

export const hostname = pattern(
  'a host name: lower-case letters, digits and -, at most 63 characters',
  new RegExp(`^${LABEL}$`),
);

export const domain = pattern(
  'a domain name in lower case such as api.example.com',
  new RegExp(`^(${LABEL}\\.)+(?=[a-z])${LABEL}$`),
);

export const ipv4 = checked('an IPv4 address such as 10.0.0.2', ipaddr.IPv4.isValidFourPartDecimal);

export const ipv6 = checked(
  'an IPv6 address in its shortest form such as 2001:db8::1',
  (value) =>
    ipaddr.IPv6.isValid(value) && !value.includes('%') && ipaddr.IPv6.parse(value).toString() === value,
);

export const cidrV4 = checked(
  'an IPv4 network whose host bits are zero, such as 10.0.0.0/24',
  (value) => value.split('.').length === 4 && isNetwork(value),
);

export const cidr = checked(
  'a network whose host bits are zero, such as 203.0.113.7/32 or 2001:db8::/64',
  isNetwork,
);

function isNetwork(value: string): boolean {
  const family = value.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4;
  if (!family.isValidCIDR(value)) return false;
  const [, bits] = family.parseCIDR(value);
  return `${family.networkAddressFromCIDR(value)}/${bits}` === value;
}

export const port = z
  .int({ error: 'a port from 1 to 65535' })
  .min(1, { error: 'a port from 1 to 65535' })
  .max(65535, { error: 'a port from 1 to 65535' });

/** A whole number from `min` to `max`. */
export const count = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

export const httpsURL = checked(
  'an https:// URL without user, password, query or fragment',
  // The class of URL itself forgives spaces and missing slashes, which others do not.
  (value) => /^https:\/\/[^\s?#@]+$/.test(value) && URL.canParse(value),
);

export const httpURL = checked(
  'an http:// or https:// URL without user, password, query, fragment or a slash at its end',
  (value) => /^https?:\/\/[^\s?#@]*[^\s?#@/]$/.test(value) && URL.canParse(value),
);

export const yes = z.boolean({ error: 'true or false' });

export const word = (allowed: string) => pattern(allowed, /^\S+$/);

/**
 * An image with its registry spelt out and a tag that does not move. A digest may follow and then decides.
 * `latest` and a missing tag are refused: nodes keep what they pulled first (imagePullPolicy IfNotPresent).
 */
export const image = pattern(
  'an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
  /^[a-z0-9.-]+\.[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+:(?!latest(@|$))\w[\w.-]{0,127}(@sha256:[a-f0-9]{64})?$/,
);

export const cpu = pattern('CPU in millicores such as 250m', /^[1-9]\d*m$/);

export const memory = pattern('a size in whole Mi or Gi such as 256Mi', /^[1-9]\d*(Mi|Gi)$/);

export const user = pattern(
  'a user such as root or ubuntu: lower-case letters, digits, - and _, at most 32 characters',
  /^[a-z_][a-z0-9_-]{0,31}$/,
);

export const publicKey = checked(
  `an OpenSSH public key as in a .pub file, without options; RSA of ${smallestRSAKey} bits or more`,
  isPublicKey,
);

export const sha256 = pattern('a SHA-256 checksum of 64 hex digits in lower case', /^[a-f0-9]{64}$/);

export const k3sVersion = pattern(
  'an exact k3s release of minor 1.34 or later such as v1.34.6+k3s1',
  /^v1\.(3[4-9]|[4-9]\d)\.\d+\+(k3s|lab)\d+$/,
);
