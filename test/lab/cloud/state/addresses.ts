import ipaddr from 'ipaddr.js';
import { ApiError } from '../api/errors.ts';
import type { CloudConfig } from '../config.ts';
import type { CloudState, NetworkRecord, SubnetRecord } from './model.ts';

/** An IPv4 address as a number; NaN when the text is none. */
export function toNumber(address: string): number {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return Number.NaN;
  return ipaddr.IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** The IPv4 address of a number. */
export function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** First and last number of an IPv4 range such as `10.0.0.0/24`; undefined unless it is one in canonical form. */
export function rangeOf(cidr: string): { first: number; last: number } | undefined {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(cidr);
  const first = toNumber(match?.[1] ?? '');
  const bits = Number(match?.[2]);
  if (!match || Number.isNaN(first) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  return first % size === 0 ? { first, last: first + size - 1 } : undefined;
}

/** Whether `inner` lies within `outer`. Both are IPv4 ranges. */
export function contains(outer: string, inner: string): boolean {
  const [out, within] = [rangeOf(outer), rangeOf(inner)];
  return !!out && !!within && out.first <= within.first && within.last <= out.last;
}

/** Whether two IPv4 ranges share an address. */
export function overlap(left: string, right: string): boolean {
  const [a, b] = [rangeOf(left), rangeOf(right)];
  return !!a && !!b && a.first <= b.last && b.first <= a.last;
}

/** The gateway of a private network: its first address, which no server gets. */
export function gatewayOf(network: Pick<NetworkRecord, 'ipRange'>): string {
  return toAddress((rangeOf(network.ipRange)?.first ?? 0) + 1);
}

/** Whether a server may have this address in this subnet. */
export function isFree(state: CloudState, network: NetworkRecord, subnet: SubnetRecord, ip: string): boolean {
  const range = rangeOf(subnet.ipRange);
  const number = toNumber(ip);
  if (!range || Number.isNaN(number)) return false;
  const usable = number > range.first && number < range.last && ip !== gatewayOf(network);
  return usable && !usedAddresses(state, network.id).has(ip);
}

/** The lowest free address of a subnet, or undefined when it is full. */
export function firstFree(
  state: CloudState,
  network: NetworkRecord,
  subnet: SubnetRecord,
): string | undefined {
  const range = rangeOf(subnet.ipRange);
  if (!range) return undefined;
  for (let number = range.first + 1; number < range.last; number += 1) {
    const ip = toAddress(number);
    if (isFree(state, network, subnet, ip)) return ip;
  }
  return undefined;
}

/**
 * Hands out a public IPv4 address: the one reserved for this name when it was never used, otherwise the next that was
 * not used for longest. Reserved addresses of others are left alone.
 * @throws ApiError `resource_unavailable` when the range is used up
 */
export function takePublicIPv4(state: CloudState, config: CloudConfig, name: string): string {
  const reserved = config.reservedIPv4[name];
  const others = new Set(Object.values(config.reservedIPv4));
  const taken = new Set(state.primaryIPs.map(({ ip }) => ip));
  const candidates: string[] = [];
  if (reserved && !state.handedOut.includes(reserved)) candidates.push(reserved);
  const last = toNumber(config.publicIPv4.last);
  for (let number = toNumber(config.publicIPv4.first); number <= last; number += 1) {
    const ip = toAddress(number);
    if (!taken.has(ip) && !others.has(ip)) candidates.push(ip);
  }
  const fresh = candidates.find((ip) => !state.handedOut.includes(ip)) ?? oldest(state, candidates);
  if (!fresh) throw new ApiError('resource_unavailable', 'no public IPv4 address is left in this location');
  state.handedOut = [...state.handedOut.filter((ip) => ip !== fresh), fresh];
  return fresh;
}

/**
 * Hands out a /64: the one with the number of this IPv4 address, or else the first that is free from 100 up (the
 * lab's IPv4 addresses end below that).
 */
export function takePublicIPv6(state: CloudState, config: CloudConfig, ipv4: string | null): string {
  const taken = new Set(state.primaryIPs.map(({ ip }) => ip));
  const numbers = [...(ipv4 ? [Number(ipv4.split('.').at(-1))] : []), ...range(100, 999)];
  const free = numbers.map((n) => `${config.publicIPv6Prefix}:${n}::/64`).find((net) => !taken.has(net));
  if (!free) throw new ApiError('resource_unavailable', 'no public IPv6 network is left in this location');
  return free;
}

/** The address that a server uses out of its /64. */
export function ipv6HostOf(network: string): string {
  return network.replace(/::\/64$/, '::1');
}

function usedAddresses(state: CloudState, network: number): Set<string> {
  const nets = state.servers.flatMap((server) => server.privateNets).filter((net) => net.network === network);
  return new Set(nets.flatMap((net) => [net.ip, ...net.aliasIPs]));
}

function oldest(state: CloudState, candidates: readonly string[]): string | undefined {
  return state.handedOut.find((ip) => candidates.includes(ip));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
