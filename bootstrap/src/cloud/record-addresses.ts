import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from 'yaml';
import { findServer, type ObservedCloud } from './observed.ts';
import type { WantedCloud } from './wanted.ts';

/** What the provider gave a node and cluster.yaml does not record. */
export interface NewAddresses {
  readonly alias: string;
  readonly addresses: Readonly<Partial<Record<AddressKey, string>>>;
}

type AddressKey = 'publicIPv4' | 'publicIPv6';

/** Addresses of servers that exist, of which cluster.yaml says nothing. */
export function newAddresses(observed: ObservedCloud, wanted: WantedCloud): NewAddresses[] {
  return wanted.servers.flatMap((node) => {
    const net = findServer(observed, node)?.public_net;
    const addresses = {
      ...(net?.ipv4 && node.publicIPv4 === undefined ? { publicIPv4: net.ipv4.ip } : {}),
      ...(net?.ipv6 && node.publicIPv6 === undefined ? { publicIPv6: firstOf(net.ipv6.ip) } : {}),
    };
    return Object.keys(addresses).length > 0 ? [{ alias: node.alias, addresses }] : [];
  });
}

/** The provider gives a server a /64 and configures its first address: 2001:db8::/64 is 2001:db8::1. */
function firstOf(network: string): string {
  return network.replace(/::\/64$/, '::1');
}

/** True when lines can be added to the node's entry in the text of cluster.yaml. */
export function canRecord(text: string, alias: string): boolean {
  return endOfNode(text, alias) !== undefined;
}

/**
 * The text of cluster.yaml with new addresses in it, each on a line of its own at the end of its node. Every other
 * character, comments included, stays as it is.
 */
export function recordAddresses(text: string, found: readonly NewAddresses[]): string {
  const insertions = found.flatMap(({ alias, addresses }) => {
    const end = endOfNode(text, alias);
    if (!end) return [];
    const { at, indent, keys } = end;
    const lines = Object.entries(addresses)
      .filter(([key]) => !keys.includes(key))
      .map(([key, address]) => `\n${indent}${key}: ${address}`);
    return [{ at, lines: lines.join('') }];
  });
  return insertions
    .sort((a, b) => b.at - a.at)
    .reduce((rest, { at, lines }) => rest.slice(0, at) + lines + rest.slice(at), text);
}

/** Where the last line of a node's entry ends; undefined when the entry is not one key a line. */
function endOfNode(text: string, alias: string) {
  const nodes = parseDocument(text).get('nodes');
  const maps = isSeq(nodes) ? nodes.items.filter((item): item is YAMLMap => isMap(item)) : [];
  const map = maps.find((node) => node.get('alias') === alias);
  const last = map?.items.at(-1);
  if (!map || !last || !isScalar(last.key) || map.flow) return undefined;
  const start = (last.key as Node).range?.[0] ?? 0;
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const lineEnd = text.indexOf('\n', start);
  const keys = map.items.map(({ key }) => String(key));
  return { at: lineEnd < 0 ? text.length : lineEnd, indent, keys };
}
