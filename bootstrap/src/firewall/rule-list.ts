import { ufwTuple } from '../../../config/hosts/ufw-render.ts';
import { COMMENT_PREFIX, isIPv6, type PortRange, type UfwRule } from '../../../config/hosts/ufw-rule.ts';

/** A rule as it stands in UFW's own file. */
export interface ListedRule {
  /** Its line without the comment: by it UFW tells rules apart. */
  readonly key: string;
  /** Its comment, decoded; empty for none. */
  readonly comment: string;
}

const TUPLE = /^### tuple ### (.*?)(?: comment=([0-9a-f]*))?$/;

/** The rules of one family in their order, from /etc/ufw/user.rules or user6.rules. */
export function readRules(text: string): ListedRule[] {
  return text.split('\n').flatMap((line) => {
    const [, key, comment = ''] = TUPLE.exec(line.trimEnd()) ?? [];
    return key === undefined ? [] : [{ key, comment: Buffer.from(comment, 'hex').toString('utf8') }];
  });
}

/** How a rule would stand there. */
export function listed(rule: UfwRule): ListedRule {
  const [only] = readRules(ufwTuple(rule));
  if (only === undefined) throw new Error(`not a rule of ufw: ${ufwTuple(rule)}`);
  return only;
}

export const isOurs = ({ comment }: ListedRule): boolean => comment.startsWith(COMMENT_PREFIX);

/** The number of rules for each of UFW's chains, as its file has them. */
export function loadedCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, chain = ''] of text.matchAll(/^-A (ufw6?-user-(?:input|forward)) /gm)) {
    counts.set(chain, (counts.get(chain) ?? 0) + 1);
  }
  return counts;
}

/**
 * A listed rule as one that can be deleted by its words.
 * @throws Error when it is of a kind that we never make
 */
export function parseRule({ key, comment }: ListedRule): UfwRule {
  const [verb = '', protocol = '', dport = '', dst = '', sport, src = '', interfaces = ''] = key.split(' ');
  const [, routed, action] = /^(route:)?(allow|deny)$/.exec(verb) ?? [];
  const input = /(?:^|!)in_([^!]+)/.exec(interfaces)?.[1];
  const out = /(?:^|!)out_([^!]+)/.exec(interfaces)?.[1];
  const isProtocol = protocol === 'tcp' || protocol === 'udp';
  if (action === undefined || sport !== 'any' || (dport !== 'any' && !isProtocol)) {
    throw new Error(`not a rule of ours: ${key}`);
  }
  const any = src.includes(':') ? '::/0' : '0.0.0.0/0';
  return {
    action: action === 'allow' ? 'allow' : 'deny',
    traffic: routed ? 'routed' : 'incoming',
    ...(input && { in: input }),
    ...(out && { out }),
    from: src,
    ...(dst !== any && { to: dst }),
    ...(isProtocol && { service: { protocol, ports: readPorts(dport) } }),
    tag: comment.slice(COMMENT_PREFIX.length),
    reason: '',
  };
}

function readPorts(text: string): (number | PortRange)[] {
  return text.split(',').map((port) => {
    const [first = '', last] = port.split(':');
    return last === undefined ? Number(first) : { first: Number(first), last: Number(last) };
  });
}

/** The rules of each family, in order. */
export function byFamily(rules: readonly UfwRule[]): { readonly v4: UfwRule[]; readonly v6: UfwRule[] } {
  return { v4: rules.filter((rule) => !isIPv6(rule)), v6: rules.filter(isIPv6) };
}
