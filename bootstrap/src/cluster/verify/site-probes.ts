import { nodeAddress } from '../../../../config/addresses.ts';
import { type EdgePort, edgePorts } from '../../../../config/edge.ts';
import { healthPaths } from '../../../../config/health-paths.ts';
import type { Cluster, Node } from '../../../../config/schema.ts';
import type { HostFacts } from '../../host/facts.ts';

/** A question to the edge, and the answer that is right. */
export interface SiteProbe {
  readonly name: string;
  readonly host: string;
  readonly path: string;
  readonly through: EdgePort;
  readonly isRight: (status: number) => boolean;
  /** In words. */
  readonly expected: string;
}

export interface SiteAnswer {
  readonly probe: SiteProbe;
  readonly node: Node;
  /** HTTP status; 0 when none came. */
  readonly status: number;
  /** Who asked. */
  readonly from: 'the host' | 'the workstation';
}

const UNKNOWN_HOST = 'no-such-site.invalid';

const served = { isRight: (status: number) => status >= 200 && status < 400, expected: 'an answer' };
const absent = { isRight: (status: number) => status === 404, expected: '404' };
const password = { isRight: (status: number) => status === 401, expected: '401, as a password is asked' };
/** With TLS, a name without a certificate gets no answer at all. */
const refused = { isRight: (status: number) => status === 0 || status === 404, expected: 'no answer or 404' };

/** What is asked of the edge of every node, through each of its ports. */
export function siteProbes(cluster: Cluster): SiteProbe[] {
  const doors = edgePorts(cluster);
  return doors.flatMap((through) =>
    questions(cluster, through).map(({ name, ...question }) => ({
      ...question,
      name: doors.length > 1 ? `${name}, port ${through.port}` : name,
      through,
    })),
  );
}

function questions({ domains, edge }: Cluster, { tls }: EdgePort): Omit<SiteProbe, 'through'>[] {
  const { api, admin } = healthPaths;
  return [
    { name: `site ${domains.api}`, host: domains.api, path: api, ...served },
    { name: `site ${domains.apex}`, host: domains.apex, path: api, ...served },
    {
      name: `site ${domains.admin}`,
      host: domains.admin,
      path: admin,
      ...(edge.adminBasicAuth ? password : served),
    },
    { name: 'site unknown', host: UNKNOWN_HOST, path: '/', ...(tls ? refused : absent) },
    { name: 'metrics hidden', host: domains.api, path: '/metrics', ...absent },
  ];
}

/** Seconds. */
const DEADLINE = '5';

/** Commands that ask a node's own edge on the node itself, where no firewall is in the way. */
export function siteCommands(cluster: Cluster, node: Node): Record<string, string[]> {
  return Object.fromEntries(siteProbes(cluster).map((probe) => [probe.name, curl(node, probe)]));
}

function curl(node: Node, { host, path, through: { port, tls } }: SiteProbe): string[] {
  const [address, words] = [
    nodeAddress(node),
    ['curl', '-sk', '-o', '/dev/null', '-w', '%{http_code}', '-m', DEADLINE],
  ];
  if (!tls) return [...words, '-H', `Host: ${host}`, `http://${address}:${port}${path}`];
  return [...words, '--resolve', `${host}:${port}:${address}`, `https://${host}:${port}${path}`];
}

/** What those commands printed. */
export function answersOf(cluster: Cluster, node: Node, { commands }: HostFacts): SiteAnswer[] {
  return siteProbes(cluster).map((probe) => ({
    probe,
    node,
    status: Number(commands[probe.name]?.stdout || 0),
    from: 'the host',
  }));
}
