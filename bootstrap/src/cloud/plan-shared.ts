import { createHash } from 'node:crypto';
import { contains, overlap } from '../../../config/cidr.ts';
import { keyMaterial } from '../../../config/public-key.ts';
import { change, labelChange, type Part } from './change.ts';
import type { Schemas } from './hcloud.ts';
import {
  findFirewall,
  findNetwork,
  findPlacementGroup,
  findServer,
  findSshKey,
  type ObservedCloud,
} from './observed.ts';
import { type FirewallRule, ownLabels, type WantedCloud } from './wanted.ts';

/** What the servers share. Each function compares one kind of thing and says what is to be done about it. */

export function planSshKey(observed: ObservedCloud, wanted: WantedCloud): Part {
  // A key under another name is somebody's own: it serves, and is left as it is.
  if (findSshKey(observed, wanted)) return {};
  const { publicKey } = wanted;
  // Of several operators each has a key: the name says which one it is.
  const sum = createHash('sha256').update(keyMaterial(publicKey)).digest('hex').slice(0, 8);
  const name = `${wanted.name}-${sum}`;
  const comment = publicKey.split(/\s+/).slice(2).join(' ');
  return {
    changes: [change('create', `SSH key ${name}`, comment, { kind: 'create-ssh-key', name, publicKey })],
  };
}

export function planNetwork(observed: ObservedCloud, wanted: WantedCloud): Part {
  const { name, privateCIDR: cidr } = wanted;
  const zone = observed.location?.network_zone;
  // Without the location there is a problem already.
  if (zone === undefined) return {};
  const network = findNetwork(observed, wanted);
  if (!network) {
    return {
      changes: [change('create', `network ${name}`, cidr, { kind: 'create-network', name, cidr, zone })],
    };
  }
  if (!holds(network.ip_range, cidr)) {
    return {
      problems: [
        `Network ${network.name} has the range ${network.ip_range}, which does not hold network.privateCIDR ${cidr}: ` +
          'a range cannot shrink or move. Correct cluster.yaml, or rename the network if it is not ours.',
      ],
    };
  }
  return join({ changes: labelChange('network', network, ownLabels) }, planSubnet(network, cidr, zone));
}

function planSubnet(network: Schemas['network'], cidr: string, zone: string): Part {
  const near = network.subnets.filter(({ ip_range }) => ip_range !== undefined && overlap(ip_range, cidr));
  const holding = near.find(({ ip_range = '', network_zone, type }) => {
    return holds(ip_range, cidr) && network_zone === zone && type === 'cloud';
  });
  if (holding) return {};
  const [blocking] = near;
  if (blocking) {
    const { ip_range, network_zone, type } = blocking;
    return {
      problems: [
        `Network ${network.name} has a subnet ${ip_range} of type ${type} in zone ${network_zone} in the way of ${cidr} ` +
          `in zone ${zone}. Correct network.privateCIDR or provider.location in cluster.yaml.`,
      ],
    };
  }
  const task = { kind: 'add-subnet', network: network.id, cidr, zone } as const;
  return { changes: [change('create', `subnet ${cidr}`, `in network ${network.name}`, task)] };
}

/** The provider's limit for a spread group. */
const MOST_IN_GROUP = 10;

export function planPlacementGroup(observed: ObservedCloud, wanted: WantedCloud): Part {
  const { name } = wanted;
  const group = findPlacementGroup(observed, wanted);
  if (!group) {
    const detail = 'spread: each server on a machine of its own';
    return {
      changes: [
        change('create', `placement group ${name}`, detail, { kind: 'create-placement-group', name }),
      ],
    };
  }
  const missing = wanted.servers.filter((node) => !findServer(observed, node)).length;
  const label = { changes: labelChange('placement group', group, ownLabels) };
  if (group.servers.length + missing <= MOST_IN_GROUP) return label;
  return join(label, {
    problems: [
      `Placement group ${name} has ${group.servers.length} servers and no room for ${missing} more: the most is ${MOST_IN_GROUP}. Take others out of it.`,
    ],
  });
}

export function planFirewall(observed: ObservedCloud, wanted: WantedCloud): Part {
  const { name, rules } = wanted;
  const firewall = findFirewall(observed, wanted);
  if (!firewall) {
    const task = { kind: 'create-firewall', name, rules } as const;
    return {
      changes: [
        { ...change('create', `firewall ${name}`, '', task), file: { before: '', after: text(rules) } },
      ],
    };
  }
  const label = { changes: labelChange('firewall', firewall, ownLabels) };
  const file = { before: text(firewall.rules), after: text(rules) };
  if (file.before === file.after) return label;
  const task = { kind: 'set-firewall-rules', firewall: firewall.id, rules } as const;
  return join(label, { changes: [{ ...change('change', `firewall ${name}`, 'its rules', task), file }] });
}

type AnyRule = FirewallRule | Schemas['firewall']['rules'][number];

/** One source a line, so that a diff shows which one came or went. The order means nothing to the provider. */
function text(rules: readonly AnyRule[]): string {
  const lines = rules.flatMap((rule) => {
    const { direction, protocol, port, source_ips, description } = rule;
    const peers = direction === 'in' || !('destination_ips' in rule) ? source_ips : rule.destination_ips;
    return peers.map((peer) => {
      const words = [
        direction,
        protocol,
        port ?? '',
        direction === 'in' ? 'from' : 'to',
        peer,
        `# ${description ?? ''}`,
      ];
      return words
        .filter((word) => word !== '')
        .join(' ')
        .trim();
    });
  });
  return lines
    .sort()
    .map((line) => `${line}\n`)
    .join('');
}

/** True when the inner network lies in the outer one. */
function holds(outer: string, inner: string): boolean {
  const [start = '', bits] = inner.split('/');
  return contains(outer, start) && Number(bits) >= Number(outer.split('/')[1]);
}

/** Parts of a plan after one another. */
export function join(...parts: readonly Part[]): Required<Part> {
  return {
    changes: parts.flatMap(({ changes = [] }) => changes),
    problems: parts.flatMap(({ problems = [] }) => problems),
    notes: parts.flatMap(({ notes = [] }) => notes),
  };
}
