import ipaddr from 'ipaddr.js';
import * as cidr from '../config/cidr.ts';

/** As config/cidr.ts, for networks that somebody may have misspelt, and for single addresses. */

/** True when every address of `b` is one of `a`; false when one of them is no network. */
export function covers(a: string, b: string): boolean {
  const [holder, held] = [network(a), network(b)];
  if (a === b) return held !== undefined;
  return holder !== undefined && held !== undefined && cidr.covers(holder, held);
}

/** True when they share an address, or may, because one of them is no network. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [network(a), network(b)];
  return one === undefined || other === undefined || cidr.overlap(one, other);
}

/** Policies of thousands of pods name the same few networks. */
const known = new Map<string, string | undefined>();

function network(text: string): string | undefined {
  if (!known.has(text)) {
    const whole = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
    known.set(text, ipaddr.isValidCIDR(whole) ? whole : undefined);
  }
  return known.get(text);
}
