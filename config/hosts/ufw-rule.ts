/** A run of ports, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** One rule of UFW, for one address family: that of `from`. */
export interface UfwRule {
  readonly action: 'allow' | 'deny';
  /** Incoming traffic is for the host itself; routed traffic comes from its pods or is for them. */
  readonly traffic: 'incoming' | 'routed';
  /** Interface through which it comes, and for routed traffic goes; any when not given. */
  readonly in?: string;
  readonly out?: string;
  /** An address or a network. */
  readonly from: string;
  /** An address or a network; any of the same family when not given. */
  readonly to?: string;
  /** Any when not given; with ports comes a protocol. */
  readonly service?: { readonly protocol: 'tcp' | 'udp'; readonly ports: readonly (number | PortRange)[] };
  /** What the rule is for, in a few words that stay the same: by them our rules are known on a host. */
  readonly tag: string;
  /** Why it is there, as a short sentence without its full stop. */
  readonly reason: string;
}

/** Rules of UFW whose comment begins so are ours; all others are somebody's. */
export const COMMENT_PREFIX = 'honeydue: ';

/** True for an IPv6 rule, which UFW keeps in a list of its own. */
export const isIPv6 = ({ from }: UfwRule): boolean => from.includes(':');

/** `22,2379:2380`, as UFW writes ports. */
export function portsText(ports: readonly (number | PortRange)[]): string {
  return ports.map((port) => (typeof port === 'number' ? port : `${port.first}:${port.last}`)).join(',');
}
