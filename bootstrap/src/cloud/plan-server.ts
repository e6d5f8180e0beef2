import { contains } from '../../../config/cidr.ts';
import { change, labelChange, type Part, type ReservedAddresses } from './change.ts';
import type { Schemas } from './hcloud.ts';
import {
  findFirewall,
  findNetwork,
  findPlacementGroup,
  findRenamed,
  findServer,
  type ObservedCloud,
} from './observed.ts';
import { join } from './plan-shared.ts';
import { NODE_LABEL, serverLabels, type WantedCloud, type WantedServer } from './wanted.ts';

type Server = Schemas['server'];

/** What is to be done about one server: made when it is not there, adopted when it is, never made anew. */
export function planServer(observed: ObservedCloud, wanted: WantedCloud, node: WantedServer): Part {
  const server = findServer(observed, node);
  if (!server) return planNewServer(observed, wanted, node);
  const owner = server.labels[NODE_LABEL];
  if (owner !== undefined && owner !== node.alias) {
    return {
      problems: [
        `Server ${node.name} is labelled as node ${owner}, not ${node.alias}. Correct the label, or cluster.yaml.`,
      ],
    };
  }
  return join(
    { changes: labelChange('server', server, serverLabels(node)) },
    fixedFacts(server, wanted, node),
    planAttachment(observed, wanted, node, server),
    planOuterWall(observed, wanted, node, server),
    server.status === 'off' ? { changes: [powerOn(node)] } : {},
    remarks(observed, wanted, server),
  );
}

function planNewServer(observed: ObservedCloud, wanted: WantedCloud, node: WantedServer): Part {
  const renamed = findRenamed(observed, node);
  if (renamed) {
    return {
      problems: [
        `Server ${renamed.name} is labelled as node ${node.alias}, whose name is ${node.name}. Rename it back in the Hetzner console: Kubernetes and etcd know it by that name.`,
      ],
    };
  }
  const detail = [wanted.serverType, wanted.location, wanted.image].join(', ');
  const reserved = reservedAddresses(observed, wanted, node);
  const task = { kind: 'create-server', server: node, addresses: reserved.addresses } as const;
  return join(
    { problems: reserved.problems },
    { changes: [change('create', `server ${node.name}`, detail, task)] },
    { changes: [attachment(node), powerOn(node)] },
    addressTaken(observed, wanted, node),
  );
}

/** The addresses that cluster.yaml records for a server that is not there: free in the project, or a mistake. */
function reservedAddresses(observed: ObservedCloud, { location }: WantedCloud, node: WantedServer) {
  const problems: string[] = [];
  const find = (type: 'ipv4' | 'ipv6', recorded: string | undefined, key: string) => {
    if (recorded === undefined) return undefined;
    const free = observed.primaryIPs.find(
      (ip) =>
        ip.type === type &&
        ip.assignee_id === null &&
        ip.location.name === location &&
        sameAddress(ip.ip, recorded),
    );
    if (!free) {
      problems.push(
        `${node.alias}: cluster.yaml records ${key} ${recorded}, but server ${node.name} does not exist and the project has no such free address in ${location}. ` +
          `Remove the line (the new server's address is then offered for it), or correct the name of the server.`,
      );
    }
    return free?.id;
  };
  const ipv4 = find('ipv4', node.publicIPv4, 'publicIPv4');
  const ipv6 = find('ipv6', node.publicIPv6, 'publicIPv6');
  const addresses: ReservedAddresses = { ...(ipv4 ? { ipv4 } : {}), ...(ipv6 ? { ipv6 } : {}) };
  return { addresses, problems };
}

/** What cannot change on a server that lives. */
function fixedFacts(server: Server, wanted: WantedCloud, node: WantedServer): Part {
  const { ipv4, ipv6 } = server.public_net;
  const facts: [string, string | undefined, string | undefined][] = [
    ['provider.location', wanted.location, server.location.name],
    ['provider.serverType', wanted.serverType, server.server_type.name],
    ['publicIPv4', node.publicIPv4, ipv4?.ip],
    ['publicIPv6', node.publicIPv6, ipv6?.ip],
  ];
  const problems = facts
    .filter(([, want, have]) => want !== undefined && !(have !== undefined && sameAddress(have, want)))
    .map(
      ([key, want, have]) =>
        `Server ${server.name}: cluster.yaml says ${key} ${want}, the server has ${have ?? 'none'}. This cannot change on a server that runs. Correct cluster.yaml; see also that the token is that of the right project.`,
    );
  return { problems };
}

/** Also true of equal words that are no addresses. Of IPv6 the provider shows the server's whole /64. */
function sameAddress(shown: string, recorded: string): boolean {
  return shown === recorded || (shown.includes('/') && recorded.includes(':') && contains(shown, recorded));
}

function planAttachment(
  observed: ObservedCloud,
  wanted: WantedCloud,
  node: WantedServer,
  server: Server,
): Part {
  const network = findNetwork(observed, wanted);
  const attached = server.private_net.find((net) => network !== undefined && net.network === network.id);
  if (!attached) return join({ changes: [attachment(node)] }, addressTaken(observed, wanted, node));
  if (attached.ip === node.privateIPv4) return {};
  return {
    problems: [
      `Server ${node.name} has ${attached.ip} in network ${network?.name}, cluster.yaml says privateIPv4 ${node.privateIPv4}. Kubernetes and etcd know a server by this address: correct cluster.yaml.`,
    ],
  };
}

function addressTaken(observed: ObservedCloud, wanted: WantedCloud, node: WantedServer): Part {
  const network = findNetwork(observed, wanted);
  const other = observed.servers.find(
    ({ name, private_net }) =>
      name !== node.name &&
      private_net.some((net) => net.network === network?.id && net.ip === node.privateIPv4),
  );
  if (!network || !other) return {};
  return {
    problems: [
      `Server ${other.name} has ${node.privateIPv4} in network ${network.name}, which cluster.yaml gives to ${node.name}. Choose another privateIPv4, or detach that server.`,
    ],
  };
}

function planOuterWall(
  observed: ObservedCloud,
  wanted: WantedCloud,
  node: WantedServer,
  server: Server,
): Part {
  const ours = findFirewall(observed, wanted);
  const applied = server.public_net.firewalls ?? [];
  const foreign = observed.firewalls.filter(
    ({ id }) => id !== ours?.id && applied.some((entry) => entry.id === id),
  );
  const notes = foreign.map(
    ({ name }) =>
      `Server ${server.name} also has the firewall ${name}: what that one lets in comes in. Take it off if it is not meant.`,
  );
  if (ours && applied.some(({ id }) => id === ours.id)) return { notes };
  const task = { kind: 'apply-firewall', server: node } as const;
  return {
    notes,
    changes: [change('change', `server ${node.name}`, `behind firewall ${wanted.name}`, task)],
  };
}

function remarks(observed: ObservedCloud, wanted: WantedCloud, server: Server): Part {
  const group = findPlacementGroup(observed, wanted);
  const notes: string[] = [];
  if (!group?.servers.includes(server.id)) {
    notes.push(
      `Server ${server.name} is not in placement group ${wanted.name}, so it may share a machine with another one. To add it: drain it, switch it off, add it in the Hetzner console, switch it on.`,
    );
  }
  if (server.image && server.image.name !== wanted.image) {
    notes.push(
      `Server ${server.name} was made from ${server.image.name ?? 'an image of its own'}, not ${wanted.image}. Left as it is.`,
    );
  }
  return { notes };
}

const attachment = (node: WantedServer) =>
  change('change', `server ${node.name}`, `private address ${node.privateIPv4}`, {
    kind: 'attach-server',
    server: node,
  });

const powerOn = (node: WantedServer) =>
  change('start', `server ${node.name}`, '', { kind: 'power-on', server: node });
