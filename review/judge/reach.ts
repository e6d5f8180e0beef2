import { covers as cidrCovers, overlap } from '../networks.ts';
import type { LabelSelector, ObjectOf, Peer, PolicyPort, Port } from '../objects/kinds.ts';
import { some } from './list-text.ts';

/** What a network policy lets through, piece by piece, and whether one piece holds another. */

export type Direction = 'Ingress' | 'Egress';
export type Policy = ObjectOf<'NetworkPolicy'>;

/** One peer and one port that a policy allows; undefined is any. */
export interface Reach {
  readonly direction: Direction;
  readonly peer?: Peer;
  readonly port?: PolicyPort;
}

/** Everything that the policy allows in the directions that it is about. */
export function reaches({ spec }: Policy): Reach[] {
  const ingress = (spec.ingress ?? []).flatMap(({ from, ports }) => pairs('Ingress', from, ports));
  const egress = (spec.egress ?? []).flatMap(({ to, ports }) => pairs('Egress', to, ports));
  return [...ingress, ...egress].filter(({ direction }) => directions(spec).includes(direction));
}

/** The directions in which the policy's pods are closed but for its rules. */
export function directions({ policyTypes = [], egress = [] }: Policy['spec']): Direction[] {
  if (policyTypes.length > 0) return policyTypes as Direction[];
  return egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** A rule without peers is about all of them, and one without ports about every port. */
function pairs(
  direction: Direction,
  peers: readonly Peer[] = [],
  ports: readonly PolicyPort[] = [],
): Reach[] {
  const anyPeer = peers.length === 0 ? [undefined] : peers;
  const anyPort = ports.length === 0 ? [undefined] : ports;
  return anyPeer.flatMap((peer) =>
    anyPort.map((port) => ({ direction, ...(peer && { peer }), ...(port && { port }) })),
  );
}

/** True when all that `b` lets through, `a` lets through as well. */
export function covers(a: Reach, b: Reach): boolean {
  return a.direction === b.direction && peerCovers(a.peer, b.peer) && portCovers(a.port, b.port);
}

function peerCovers(a: Peer | undefined, b: Peer | undefined): boolean {
  if (a === undefined || b === undefined) return a === undefined;
  if (a.ipBlock || b.ipBlock) return blockCovers(a.ipBlock, b.ipBlock);
  const namespaces =
    a.namespaceSelector === undefined
      ? b.namespaceSelector === undefined
      : selectorCovers(a.namespaceSelector, b.namespaceSelector);
  return namespaces && selectorCovers(a.podSelector ?? {}, b.podSelector);
}

function blockCovers(a: Peer['ipBlock'], b: Peer['ipBlock']): boolean {
  if (a === undefined || b === undefined || !cidrCovers(a.cidr, b.cidr)) return false;
  // What `a` leaves out, `b` must leave out too, where it has it at all.
  return (a.except ?? []).every(
    (hole) => !overlap(hole, b.cidr) || (b.except ?? []).some((other) => cidrCovers(other, hole)),
  );
}

/** True when every label set that `b` selects, `a` selects too; an absent selector selects all. */
export function selectorCovers(a: LabelSelector, b: LabelSelector | undefined): boolean {
  const theirs = b?.matchLabels ?? {};
  const labels = Object.entries(a.matchLabels ?? {}).every(([key, value]) => theirs[key] === value);
  const expressions = (b?.matchExpressions ?? []).map((expression) => JSON.stringify(expression));
  return labels && (a.matchExpressions ?? []).every((e) => expressions.includes(JSON.stringify(e)));
}

function portCovers(a: PolicyPort | undefined, b: PolicyPort | undefined): boolean {
  if (a === undefined || b === undefined) return a === undefined;
  if ((a.protocol ?? 'TCP') !== (b.protocol ?? 'TCP')) return false;
  if (a.port === undefined || b.port === undefined) return a.port === undefined;
  const [mine, theirs] = [range(a.port, a.endPort), range(b.port, b.endPort)];
  return mine && theirs ? mine[0] <= theirs[0] && theirs[1] <= mine[1] : a.port === b.port;
}

const range = (port: Port, end?: number): [number, number] | undefined =>
  typeof port === 'number' ? [port, end ?? port] : undefined;

/** `port 8000/TCP from 10.42.0.0/16, pods vmagent`, once for each port and direction. */
export function reachTexts(list: readonly Reach[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { direction, peer, port } of list) {
    const door = `${portText(port)} ${direction === 'Ingress' ? 'from' : 'to'}`;
    groups.set(door, [...(groups.get(door) ?? []), peerText(peer)]);
  }
  return [...groups].map(([door, peers]) => `${door} ${some(peers)}`);
}

function peerText(peer: Peer | undefined): string {
  if (peer === undefined) return 'anywhere';
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if (ipBlock) return `${ipBlock.cidr}${ipBlock.except ? ` but ${ipBlock.except.join(', ')}` : ''}`;
  const pods = podSelector === undefined ? 'all pods' : `pods ${selectorText(podSelector)}`;
  return namespaceSelector === undefined ? pods : `${pods} of namespaces ${selectorText(namespaceSelector)}`;
}

/** The values say enough: labels of one selector are rarely alike. */
function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) =>
    `${key} ${operator} ${values.join('|')}`.trim(),
  );
  return [...Object.values(matchLabels), ...expressions].join(' and ') || 'of any label';
}

function portText(port: PolicyPort | undefined): string {
  if (port === undefined) return 'every port';
  const { protocol = 'TCP', port: number, endPort } = port;
  if (number === undefined) return `every ${protocol} port`;
  return `port ${number}${endPort === undefined ? '' : `-${endPort}`}/${protocol}`;
}
