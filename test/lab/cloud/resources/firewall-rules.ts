import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { invalidField } from '../api/errors.ts';
import type { FirewallRule } from '../state/model.ts';

// Limits of the provider's firewalls: rules of a firewall, CIDRs of a rule.
const maxRules = 50;
const maxCidrs = 100;

/** A rule as requests carry it. */
export const ruleBody = z.strictObject({
  direction: z.enum(['in', 'out']),
  protocol: z.enum(['tcp', 'udp', 'icmp', 'esp', 'gre']),
  port: z.string().nullish(),
  source_ips: z.array(z.string()).optional(),
  destination_ips: z.array(z.string()).optional(),
  description: z.string().max(255).nullish(),
});

/**
 * Reads a whole rule set.
 * @throws ApiError `invalid_input` naming the rule and field
 */
export function takeRules(rules: readonly z.infer<typeof ruleBody>[]): FirewallRule[] {
  if (rules.length > maxRules) throw invalidField('rules', `has more than ${maxRules} entries`);
  return rules.map((rule, index) => takeRule(rule, `rules.${index}`));
}

function takeRule(rule: z.infer<typeof ruleBody>, field: string): FirewallRule {
  const withPort = rule.protocol === 'tcp' || rule.protocol === 'udp';
  if (withPort && !isPort(rule.port)) {
    throw invalidField(`${field}.port`, `is required for ${rule.protocol}, as 'N', 'N-M' or 'any'`);
  }
  if (!withPort && rule.port) throw invalidField(`${field}.port`, `is not allowed for ${rule.protocol}`);
  const side = rule.direction === 'in' ? 'source_ips' : 'destination_ips';
  if ((rule[side] ?? []).length === 0) throw invalidField(`${field}.${side}`, 'must not be empty');
  return {
    direction: rule.direction,
    protocol: rule.protocol,
    port: rule.port ?? null,
    source_ips: checkCidrs(rule.source_ips, `${field}.source_ips`),
    destination_ips: checkCidrs(rule.destination_ips, `${field}.destination_ips`),
    description: rule.description ?? null,
  };
}

function isPort(port: string | null | undefined): boolean {
  if (port === 'any') return true;
  const [first = 0, last = first] =
    /^(\d+)(?:-(\d+))?$/
      .exec(port ?? '')
      ?.slice(1)
      .map(toPort) ?? [];
  return first >= 1 && first <= last && last <= 65_535;
}

function toPort(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function checkCidrs(cidrs: readonly string[] = [], field: string): string[] {
  if (cidrs.length > maxCidrs) throw invalidField(field, `has more than ${maxCidrs} entries`);
  for (const [index, cidr] of cidrs.entries()) {
    if (!isNetwork(cidr))
      throw invalidField(`${field}.${index}`, `'${cidr}' is not a network in CIDR notation`);
  }
  return [...cidrs];
}

/** A network without host bits, IPv4 or IPv6. */
function isNetwork(cidr: string): boolean {
  if (!ipaddr.isValidCIDR(cidr)) return false;
  const [address] = ipaddr.parseCIDR(cidr);
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  return family.networkAddressFromCIDR(cidr).toString() === address.toString();
}
