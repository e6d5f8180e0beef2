import { contains } from '../../../config/cidr.ts';
import type { Cluster, Node } from '../../../config/schema.ts';
import type { Context } from '../context.ts';
import { duration } from '../frame/clock.ts';
import type { HostFacts } from '../host/facts.ts';
import { type Finding, fine, note, problem, together } from './finding.ts';

/**
 * Of hosts that are there already: whether they let us in, are large enough, know the time, and see us come from where the
 * firewall will let us in again.
 * @throws TokenError, CloudError
 */
export async function checkHosts(context: Context): Promise<Finding> {
  const cluster = context.cluster();
  const isStatic = cluster.provider.kind === 'static';
  const narrow = isNarrow(cluster);
  // Of servers that were made as cluster.yaml says, only the last is worth a look.
  const nodes = isStatic ? cluster.nodes : narrow ? await runningNodes(context) : [];
  const looks = await Promise.all(nodes.map((node) => greet(context, node)));
  const seen = looks.filter((look) => 'facts' in look);
  const failed = looks.filter((look) => 'error' in look);
  return together(
    // A server of Hetzner's may be booting still: the step `servers` waits for it.
    isStatic ? problem(...failed.map(({ error }) => error)) : fine,
    ...seen.map(({ node, facts, now }) => clockFinding(node.alias, facts.now - now)),
    ...(isStatic ? seen.map(({ node, facts }) => sizeFinding(node.alias, facts)) : []),
    narrow ? sourceFinding(cluster, seen) : fine,
  );
}

interface Seen {
  readonly node: Node;
  readonly facts: HostFacts;
  /** Our clock when the answer had come. */
  readonly now: number;
}

async function greet(context: Context, node: Node): Promise<Seen | { readonly error: string }> {
  try {
    const facts = await context.greeting(node).look();
    return { node, facts, now: context.clock.now() };
  } catch (error) {
    context.signal.throwIfAborted();
    return { error: (error as Error).message };
  }
}

async function runningNodes(context: Context): Promise<Node[]> {
  const { servers } = await context.cloud.look();
  const isRunning = ({ hostname: name, publicIPv4 }: Node) =>
    publicIPv4 !== undefined && servers.some((server) => server.name === name && server.status === 'running');
  return context.cluster().nodes.filter(isRunning);
}

/** What k3s needs as a server with our pods on it; a machine sold with 4 GB shows a little less. */
const CPUS = 2;
const MEMORY = 3.5 * 2 ** 30;
const DISK = 20 * 10 ** 9;

const gigabytes = (bytes: number) => `${(bytes / 10 ** 9).toFixed(1)} GB`;

/** Whether a host that somebody else chose is large enough, and can run the binary. */
export function sizeFinding(alias: string, { cpus, memory, diskFree, architecture }: HostFacts): Finding {
  const problems = [
    ...(architecture === 'x86_64'
      ? []
      : [`has a processor of kind ${architecture}; only x86_64 is provided for`]),
    ...(cpus >= CPUS ? [] : [`has ${cpus} CPU; at least ${CPUS} are needed`]),
    ...(memory >= MEMORY ? [] : [`has ${gigabytes(memory)} memory; at least 4 GB are needed`]),
    ...(diskFree >= DISK
      ? []
      : [`has ${gigabytes(diskFree)} free below /var/lib; at least ${gigabytes(DISK)} are needed`]),
  ];
  return problem(...problems.map((text) => `${alias} ${text}. Choose another host, or make room.`));
}

/** Milliseconds; what a login takes is in it. */
const CLOCK_TOLERANCE = 5_000;

/** @param ahead milliseconds by which that clock is ahead of ours */
export function clockFinding(whose: string, ahead: number): Finding {
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) return fine;
  const off = `${duration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'}`;
  return note(
    `The clock of ${whose} is ${off} this computer's. etcd, TLS and tokens need the right time: see which one is wrong.`,
  );
}

const EVERYBODY = ['0.0.0.0/0', '::/0'];

function isNarrow({ firewall }: Cluster): boolean {
  return !EVERYBODY.every((network) => firewall.ssh.includes(network));
}

/** Whether the firewall would let us in again. */
function sourceFinding({ firewall: { ssh } }: Cluster, seen: readonly Seen[]): Finding {
  const addresses = new Set(seen.map(({ facts }) => facts.sshClient).filter((address) => address !== null));
  if (addresses.size === 0) {
    return note(
      `firewall.ssh lets in ${ssh.join(', ')} only. Whether you come from there cannot be told before a host has seen you.`,
    );
  }
  const outside = [...addresses].filter((address) => !ssh.some((network) => contains(network, address)));
  return problem(
    ...outside.map(
      (address) =>
        `The hosts see you come from ${address}, which is in no network of firewall.ssh: the firewall would shut you out. Add ${address}/${address.includes(':') ? 128 : 32} to it in cluster.yaml.`,
    ),
  );
}
