import { loadCluster } from '../../../config/load.ts';
import { ports } from '../../../config/ports.ts';
import type { Cluster } from '../../../config/schema.ts';
import { startSurroundings } from '../cluster.ts';
import { LabError } from '../core/errors.ts';
import { from, host, hosts, type LabHost, waitFor } from '../lab.ts';
import { createWorkspace, type Workspace } from '../provision/workspace.ts';
import { type AppName, appImage, type Tag } from '../workloads/names.ts';
import { type Load, type Stream, startLoad } from './load.ts';

export type Domains = Cluster['domains'];

/** How Cloudflare reaches the servers; what its SSL mode is there. */
export type SSLMode = 'flexible' | 'strict';

/** The running site, as its operator and its visitors see it. */
export interface Site {
  readonly workspace: Workspace;
  /** The SSL mode at Cloudflare; its operator changes it beside cluster.yaml. */
  sslMode: SSLMode;
  cluster(): Cluster;
  domains(): Domains;
  /** kubectl on a server that is on; a shell reads the words. @throws LabError with what it said */
  kubectl(words: string, input?: string): Promise<string>;
  /** Runs one of bootstrap's commands with --yes. @throws LabError with its last words unless it ends well */
  operate(command: 'provision' | 'deploy' | 'secrets', args?: readonly string[]): Promise<string>;
  /** Another image in cluster.yaml, and dist/ rendered; nothing is deployed. */
  choose(images: Partial<Record<AppName, Tag>>): Promise<void>;
  /** Asks a handle of the api below /lab/, through any node. @throws LabError unless it answers 2xx */
  ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string): Promise<T>;
  load(streams: readonly Stream[]): Promise<Load>;
  /** Waits until the edge of a server answers with the api, asked on the server itself: what the API says of it may be old. */
  serves(server: LabHost): Promise<void>;
  /** While `work` runs, nobody asks that server for anything: it is taken down. */
  without<T>(server: LabHost, work: () => Promise<T>): Promise<T>;
}

/** Makes the site on hosts that are there: provisions, and the observability host believes its token. @throws LabError */
export async function createSite(): Promise<Site> {
  await startSurroundings();
  const workspace = await createWorkspace({ provider: 'static' });
  const site = siteOf(workspace);
  await believe([workspace.secrets.OBS_INGEST_TOKEN ?? '']);
  await site.operate('provision');
  return site;
}

/** Tokens that the observability host accepts from now on. */
export async function believe(tokens: readonly string[]): Promise<void> {
  const put = `curl -sSf -X PUT -d '${JSON.stringify(tokens)}' http://obs.lab:4318/lab/tokens`;
  const { exitCode, stderr } = await from('services').exec(put);
  if (exitCode !== 0) throw new LabError('obs', stderr, 'is its service running?');
}

const COMMAND_DEADLINE_MS = 15 * 60_000;

function siteOf(workspace: Workspace): Site {
  let avoided: string | undefined;
  const aServer = (): LabHost => {
    const found = hosts().find((each) => each.isOn() && each.alias !== avoided);
    if (found === undefined) throw new LabError('site', 'no server is on', 'boot one');
    return found;
  };
  const cluster = () => loadCluster(workspace.config);
  /** curl's words for the api, as Cloudflare asks for it, at the edge of one server. */
  const toApi = (address: string, path: string): string => {
    const { api } = cluster().domains;
    const { scheme, port } = PROTOCOL[site.sslMode];
    const where = `--resolve ${api}:${port}:${address} '${scheme}://${api}:${port}${path}'`;
    return `-H 'X-Forwarded-For: 192.0.2.1' ${where}`;
  };
  const site: Site = {
    workspace,
    sslMode: 'flexible',
    cluster,
    domains: () => cluster().domains,
    kubectl: (words, input = '') => aServer().must(`k3s kubectl ${words}`, { input, timeoutMs: 300_000 }),
    operate: async (command, args = []) => {
      const result = await workspace.run(command, ['--yes', ...args], { timeoutMs: COMMAND_DEADLINE_MS });
      if (result.exitCode === 0) return result.stdout;
      // A deployment that gives up shows the last lines of every pod that is not ready.
      const said = `${result.stdout}\n${result.stderr}`.slice(-20_000);
      throw new LabError(command, `exit code ${result.exitCode}: ${said}`, 'see its log');
    },
    choose: (images) =>
      workspace.edit((set) => {
        for (const [name, tag] of Object.entries(images))
          set(['images', name], appImage(name as AppName, tag));
      }),
    ask: async (method, path) => {
      const curl = `curl -sSfk -m 30 -X ${method} ${toApi(aServer().publicIPv4, path)}`;
      const { exitCode, stdout, stderr } = await from('edge').exec(curl);
      if (exitCode !== 0) throw new LabError(`${method} ${path}`, stderr, 'is the api up?');
      return stdout === '' ? undefined : JSON.parse(stdout);
    },
    load: (streams) => {
      const { scheme, port } = PROTOCOL[site.sslMode];
      return startLoad({
        origins: hosts().map(({ publicIPv4 }) => `${publicIPv4}:${port}`),
        ...(scheme === 'https' && { authority: workspace.secrets.CLOUDFLARE_ORIGIN_CERT ?? '' }),
        streams,
      });
    },
    serves: async (server) => {
      const curl = `curl -sfk -m 5 ${toApi('127.0.0.1', '/api/health/')}`;
      const answers = async () => (await server.exec(curl, { timeoutMs: 10_000 })).exitCode === 0;
      await waitFor(`the edge of ${server.alias}`, answers, { timeoutMs: 180_000, intervalMs: 500 });
    },
    without: async (server, work) => {
      avoided = server.alias;
      try {
        return await work();
      } finally {
        avoided = undefined;
      }
    },
  };
  return site;
}

/** What Cloudflare speaks with the servers in each SSL mode. */
const PROTOCOL = {
  flexible: { scheme: 'http', port: ports.http },
  strict: { scheme: 'https', port: ports.https },
} as const;

/** The lab's host behind a node's name in Kubernetes. @throws LabError */
export function hostOfNode(name: string): LabHost {
  const found = hosts().find(({ hostname }) => hostname === name);
  if (found === undefined)
    throw new LabError(`node ${name}`, 'is no host of the lab', 'see PRODUCTION_HOSTS');
  return host(found.alias);
}
