import { nodeAddress } from '../../../config/addresses.ts';
import { hostFolders } from '../../../config/hosts/host-folder.ts';
import { k3sRelease } from '../../../config/k3s-releases.ts';
import type { Cluster } from '../../../config/schema.ts';
import type { Change, Plan } from '../frame/step.ts';
import { type HostChange, planFile } from '../host/change.ts';
import { runTask } from '../host/task.ts';
import { weakness } from './cluster-view.ts';
import { fixedProblems, k3sFiles } from './files.ts';
import { findOrigin, type Origin, type Part, partOf } from './origin.ts';
import { isStale, K3S_UNIT, type Server } from './state.ts';
import { upgradeProblem } from './version.ts';

/** A change of k3s, with what makes it. */
export interface K3sChange extends Change {
  readonly task:
    | { readonly kind: 'host'; readonly change: HostChange }
    | { readonly kind: 'binary' }
    | { readonly kind: 'run'; readonly part: Part }
    | { readonly kind: 'dns'; readonly replicas: number };
}

/** Compares k3s on all hosts with what should be. */
export function planK3s(cluster: Cluster, servers: readonly Server[]): Plan<K3sChange> {
  const unseen = servers.flatMap(hostProblems);
  if (unseen.length > 0) return { changes: [], problems: unseen, notes: [] };
  const origin = findOrigin(servers);
  const plans = servers.map((server) => planServer(cluster, servers, server, origin));
  const changes = [...plans.flatMap((plan) => plan.changes), ...planDns(cluster, origin)];
  return {
    changes,
    problems: [
      ...plans.flatMap(({ problems }) => problems),
      ...quorumProblems(servers, origin, changes),
      ...silentProblems(origin),
    ],
    notes: [...downNotes(origin), ...releaseNotes(cluster, changes)],
  };
}

/** What keeps k3s from running on a host at all. */
function hostProblems({ node, facts, networkInterface }: Server): string[] {
  const problems: string[] = [];
  if (networkInterface === undefined) {
    problems.push(
      `No network interface of ${node.alias} has ${nodeAddress(node)}. See ip addr there: a private network that was attached later may need a reboot.`,
    );
  }
  if (facts.architecture !== 'x86_64') {
    problems.push(`${node.alias} has an ${facts.architecture} processor; k3s and the images are for x86_64.`);
  }
  return problems;
}

function planServer(
  cluster: Cluster,
  servers: readonly Server[],
  server: Server,
  origin: Origin,
): { readonly changes: K3sChange[]; readonly problems: string[] } {
  const where = server.node.alias;
  const part = partOf(server, origin, servers);
  const through =
    origin.kind === 'live'
      ? origin.through
      : servers.find((other) => partOf(other, origin, servers) !== 'join');
  const files = k3sFiles(cluster, server, part, through?.node);
  const { version } = k3sRelease(cluster);
  const prepared: K3sChange[] = [
    ...folderChanges(server),
    ...files.flatMap((file) => planFile(where, file, server.facts)).map(onHost),
    ...(server.version === version ? [] : [binaryChange(server, version)]),
  ];
  return {
    changes: [...prepared, ...planUnit(server, part, version, prepared.some(isReadAtStart), origin)],
    problems: [
      ...(part === 'stay' ? fixedProblems(server, files) : []),
      ...versionProblems(server, part, version),
      ...ghostProblems(server, origin),
    ],
  };
}

/** New content, or a new binary; k3s does not care for the mode of a file that it has read. */
const isReadAtStart = ({ file, task }: K3sChange) => file !== undefined || task.kind === 'binary';

const onHost = (change: HostChange): K3sChange => {
  const { action, where, what, detail, file } = change;
  return {
    action,
    where,
    what,
    ...(detail && { detail }),
    ...(file && { file }),
    task: { kind: 'host', change },
  };
};

function folderChanges({ node, facts }: Server): K3sChange[] {
  return hostFolders
    .filter(
      ({ path, mode, owner }) => facts.hashes[path]?.mode !== mode || facts.hashes[path]?.owner !== owner,
    )
    .map(({ path, mode, owner, reason }) =>
      onHost({
        action: facts.hashes[path] ? 'change' : 'create',
        where: node.alias,
        what: `folder ${path}`,
        detail: `${mode} ${owner}: ${reason}`,
        tasks: [{ kind: 'folder', path, mode, owner }],
        activate: [],
      }),
    );
}

function binaryChange(server: Server, version: string): K3sChange {
  return {
    action: server.version ? 'change' : 'create',
    where: server.node.alias,
    what: 'k3s',
    detail: server.version ? `${server.version} becomes ${version}` : version,
    task: { kind: 'binary' },
  };
}

function planUnit(
  server: Server,
  part: Part,
  version: string,
  prepared: boolean,
  origin: Origin,
): K3sChange[] {
  const { node, unit, facts } = server;
  const where = node.alias;
  if (unit !== 'active') {
    const detail = {
      found: 'the first server: it begins the cluster',
      join: 'joins the cluster; the next one waits until it votes in etcd',
      stay: 'starts with the data that it has',
    }[part];
    return [{ action: 'start', where, what: K3S_UNIT, detail, task: { kind: 'run', part } }];
  }
  const member =
    origin.kind === 'live' ? origin.view.members.find(({ name }) => name === node.hostname) : undefined;
  const reasons = [
    ...(prepared ? ['it reads its files at its start'] : []),
    ...(!prepared && isStale(server) ? ['it was started with other files'] : []),
    ...(!prepared && member && member.version !== version ? [`it still runs ${member.version}`] : []),
  ];
  if (reasons.length > 0) {
    return [
      { action: 'restart', where, what: K3S_UNIT, detail: reasons.join(', '), task: { kind: 'run', part } },
    ];
  }
  if (facts.units[K3S_UNIT]?.enabled === 'enabled') return [];
  return [
    onHost({
      action: 'change',
      where,
      what: K3S_UNIT,
      detail: 'starts at boot',
      tasks: [runTask(['systemctl', 'enable', K3S_UNIT])],
      activate: [],
    }),
  ];
}

function versionProblems({ version: now, node }: Server, part: Part, wanted: string): string[] {
  if (part !== 'stay' || now === undefined || now === wanted) return [];
  const problem = upgradeProblem(now, wanted);
  return problem ? [`${node.alias}: ${problem}`] : [];
}

/** The cluster knows a server of this name, and this host has nothing of it. */
function ghostProblems({ hasData, node }: Server, origin: Origin): string[] {
  const known = origin.kind === 'live' && origin.view.members.some(({ name }) => name === node.hostname);
  if (hasData || !known) return [];
  return [
    `${node.alias}: the cluster has a node ${node.hostname}, and this host has no data of it, as after its disk was lost or the server made anew. First take the lost one out of the cluster: k3s kubectl delete node ${node.hostname}, on a server that runs. Then run the same command again: it joins as a new one.`,
  ];
}

/** Two of three must stay: nobody is restarted while another one is weak. */
function quorumProblems(servers: readonly Server[], origin: Origin, changes: readonly K3sChange[]): string[] {
  if (origin.kind !== 'live') return [];
  const { view } = origin;
  const restarts = changes.filter(({ action, what }) => action === 'restart' && what === K3S_UNIT);
  return restarts.flatMap(({ where }) => {
    const weak = servers
      .filter(({ node, hasData }) => node.alias !== where && hasData)
      .flatMap(({ node }) => weakness(view, node.hostname) ?? []);
    if (weak.length === 0) return [];
    return [
      `${where} would be restarted, but ${weak.join(', ')}: etcd could lose its majority. Bring that server back first.`,
    ];
  });
}

/** CoreDNS on every node: the loss of one does not take DNS along. k3s keeps the number that it finds. */
function planDns({ nodes }: Cluster, origin: Origin): K3sChange[] {
  const replicas = origin.kind === 'live' ? origin.view.dnsReplicas : undefined;
  if (replicas === nodes.length) return [];
  return [
    {
      action: 'change',
      where: 'cluster',
      what: 'CoreDNS',
      detail: `${replicas ?? 1} replicas become ${nodes.length}, one a node`,
      task: { kind: 'dns', replicas: nodes.length },
    },
  ];
}

/** k3s runs wherever it has data, and yet there is no cluster: nothing that could be started would help. */
function silentProblems(origin: Origin): string[] {
  if (origin.kind !== 'down' || origin.servers.some(({ unit }) => unit !== 'active')) return [];
  const names = origin.servers.map(({ node }) => node.alias).join(', ');
  return [
    `k3s runs on ${names}, and no API server answers: etcd may have lost its majority. See journalctl -u ${K3S_UNIT} there.`,
  ];
}

function downNotes(origin: Origin): string[] {
  if (origin.kind !== 'down') return [];
  const names = origin.servers.map(({ node }) => node.alias).join(', ');
  return [
    `There is a cluster on ${names}, and its API does not answer. No other one is begun; this one is started.`,
  ];
}

function releaseNotes(cluster: Cluster, changes: readonly K3sChange[]): string[] {
  const { sha256, checksums, version } = k3sRelease(cluster);
  if (sha256 !== undefined || !changes.some(({ task }) => task.kind === 'binary')) return [];
  return [
    `cluster.yaml has no k3s.sha256 for ${version}: the binary is checked against ${checksums}, which comes from the same place.`,
  ];
}
