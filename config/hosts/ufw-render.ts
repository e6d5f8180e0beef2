import { COMMENT_PREFIX, isIPv6, portsText, type UfwRule } from './ufw-rule.ts';

/**
 * What follows `ufw` on the command line to add the rule at the end of its family's list.
 * @param how instead of adding: `delete`, or `insert` and a position
 */
export function ufwArguments(rule: UfwRule, how: readonly string[] = []): string[] {
  const { traffic, action, in: input, out, from, to, service, tag } = rule;
  return [
    ...(traffic === 'routed' ? ['route'] : []),
    ...how,
    action,
    ...(input === undefined ? [] : ['in', 'on', input]),
    ...(out === undefined ? [] : ['out', 'on', out]),
    ...['from', from],
    ...(to === undefined && service === undefined ? [] : ['to', to ?? 'any']),
    ...(service === undefined ? [] : ['port', portsText(service.ports), 'proto', service.protocol]),
    ...['comment', `${COMMENT_PREFIX}${tag}`],
  ];
}

/** The command as one line that a shell would understand. */
export function ufwCommand(rule: UfwRule): string {
  return ['ufw', ...ufwArguments(rule)].map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' ');
}

/**
 * The line by which UFW itself keeps the rule, in /etc/ufw/user.rules or, for IPv6, user6.rules. The order of the
 * lines is the order of the rules. `ufw status` shows less: it shortens addresses and drops the families.
 */
export function ufwTuple(rule: UfwRule): string {
  const { traffic, action, in: input, out, from, to, service, tag } = rule;
  const any = isIPv6(rule) ? '::/0' : '0.0.0.0/0';
  const interfaces = [input && `in_${input}`, out && `out_${out}`].filter(Boolean).join('!');
  return [
    '### tuple ###',
    traffic === 'routed' ? `route:${action}` : action,
    service?.protocol ?? 'any',
    service ? portsText(service.ports) : 'any',
    withoutHostPrefix(to ?? any),
    'any',
    withoutHostPrefix(from),
    interfaces || 'in',
    `comment=${Buffer.from(`${COMMENT_PREFIX}${tag}`).toString('hex')}`,
  ].join(' ');
}

/** UFW drops the prefix length of a network that is one address. */
function withoutHostPrefix(network: string): string {
  return network.replace(network.includes(':') ? /\/128$/ : /\/32$/, '');
}
