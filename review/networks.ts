import ipaddr from 'ipaddr.js';
import * as cidr from '../config/cidr.ts';

/** As config/cidr.ts, for networks that somebody may have misspelt, and for single addresses. */

/** True when every address of `b` is one of `a`; false when one of them is no network. */
export function covers(a: string, b: string): boolean {
  const [holder, held] = [network(a), network(b)];
  return holder !== undefined && held !== undefined && cidr.covers(holder, held);
}

/** True when they share an address, or may, because one of them is no network. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [network(a), network(b)];
  return one === undefined || other === undefined || cidr.overlap(one, other);
}

function network(text: string): string | undefined {
  const whole = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
  return ipaddr.isValidCIDR(whole) ? whole : undefined;
}
