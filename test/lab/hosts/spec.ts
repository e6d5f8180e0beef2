import ipaddr from 'ipaddr.js';
import { LabError } from '../core/errors.ts';

/** What a host is made of. Addresses without prefix length. */
export interface HostSpec {
  /** Name within the lab: lower-case letters, digits, dashes; at most 12 characters (a link is named after it). */
  readonly alias: string;
  readonly hostname: string;
  readonly publicIPv4: string;
  readonly publicIPv6: string;
  /** Without it the host has no private network card. */
  readonly privateIPv4?: string;
  /** cloud-init user data, as given to the provider. */
  readonly userData?: string;
  /** Public keys that the provider puts into root's authorized_keys. */
  readonly authorizedKeys?: readonly string[];
}

/** @throws LabError when the alias or an address cannot be used */
export function checkSpec(spec: HostSpec): void {
  const refuse = (reason: string): never => {
    throw new LabError(`host ${spec.alias}`, reason, 'correct the specification given to createHost');
  };
  if (!/^[a-z][a-z0-9-]{0,11}$/.test(spec.alias)) refuse('alias must match [a-z][a-z0-9-]{0,11}');
  if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,62}$/.test(spec.hostname))
    refuse(`hostname "${spec.hostname}" is not valid`);
  for (const address of [spec.publicIPv4, spec.privateIPv4]) {
    if (address !== undefined && !ipaddr.IPv4.isValidFourPartDecimal(address))
      refuse(`${address} is not IPv4`);
  }
  if (!ipaddr.IPv6.isValid(spec.publicIPv6)) refuse(`${spec.publicIPv6} is not IPv6`);
}

/**
 * Hardware address of a card, always the same for the same IPv4 address, so that a replaced host is found at
 * once. The leading bytes are those the provider uses: 96:00 public, 86:00 private.
 */
export function macOf(kind: 'public' | 'private', ipv4: string): string {
  const bytes = ipaddr.IPv4.parse(ipv4).toByteArray();
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  return [kind === 'public' ? '96' : '86', '00', ...hex].join(':');
}

/** The three servers of production, with the lab's public addresses. */
export const PRODUCTION_HOSTS: readonly HostSpec[] = [
  ['hetzner1', 'ubuntu-8gb-nbg1-2', 11, 2],
  ['hetzner2', 'ubuntu-8gb-nbg1-1', 12, 3],
  ['hetzner3', 'ubuntu-8gb-nbg1-3', 13, 4],
].map(([alias, hostname, publicPart, privatePart]) => ({
  alias: String(alias),
  hostname: String(hostname),
  publicIPv4: `203.0.113.${publicPart}`,
  publicIPv6: `2001:db8:113::${publicPart}`,
  privateIPv4: `10.0.0.${privatePart}`,
}));
