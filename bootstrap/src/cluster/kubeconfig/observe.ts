import { k3sPaths } from '../../../../config/hosts/k3s-paths.ts';
import { systemPorts } from '../../../../config/hosts/system-ports.ts';
import type { Node } from '../../../../config/schema.ts';
import type { Context } from '../../context.ts';
import { NotYet } from '../../frame/wait.ts';
import { UnreachableError } from '../../host/remote.ts';
import { type Credentials, credentialsIn, endOf } from './credentials.ts';
import { kubeconfigFile, type LocalFile, readLocal } from './file.ts';
import { apiAddress, NAME, nameOf, needsTunnel } from './merge.ts';
import { tryServer } from './trial.ts';

export interface ObservedKubeconfig {
  readonly file: LocalFile | undefined;
  /** The ones to use: those of the file, unless a server has newer ones. */
  readonly credentials: Credentials;
  /** Of each server, whether these open its API; if not, why. */
  readonly trials: readonly Trial[];
}

export interface Trial {
  readonly node: Node;
  readonly refusal?: string;
}

export type KubeconfigContext = Pick<Context, 'cluster' | 'host'>;

/** Reads the file and the copy of a server, and tries them on each. @throws NotYet when no server has a copy */
export async function observeKubeconfig(context: KubeconfigContext): Promise<ObservedKubeconfig> {
  const file = readLocal(kubeconfigFile());
  const credentials = latest(writtenIn(context, file), await serversCopy(context));
  const trials = context.cluster().nodes.map(async (node) => {
    const refusal = await tryOne(context, node, credentials);
    return { node, ...(refusal !== undefined && { refusal }) };
  });
  return { file, credentials, trials: await Promise.all(trials) };
}

function writtenIn({ cluster }: KubeconfigContext, file: LocalFile | undefined): Credentials | undefined {
  const [first] = cluster().nodes;
  try {
    return file && first ? credentialsIn(file.text, NAME, nameOf(first)) : undefined;
  } catch {
    // Not YAML: the plan says so.
    return undefined;
  }
}

/** Of two for the same cluster the one that ends later; k3s makes new ones before the old ones end. */
export function latest(written: Credentials | undefined, servers: Credentials): Credentials {
  if (written?.authority !== servers.authority) return servers;
  return endOf(servers.certificate) > endOf(written.certificate) ? servers : written;
}

/** From the first server that has one; its content goes into memory only. */
async function serversCopy({ cluster, host }: KubeconfigContext): Promise<Credentials> {
  const reasons: string[] = [];
  for (const node of cluster().nodes) {
    try {
      const { exitCode, stdout, stderr } = await host(node).run(['cat', k3sPaths.kubeconfig]);
      const found = exitCode === 0 ? credentialsIn(stdout, 'default', 'default') : undefined;
      if (found) return found;
      reasons.push(`${node.alias}: ${stderr.trim() || `nothing usable in ${k3sPaths.kubeconfig}`}`);
    } catch (error) {
      if (!(error instanceof UnreachableError || error instanceof NotYet)) throw error;
      reasons.push(error.message);
    }
  }
  throw new NotYet(`No server has a kubeconfig. The step k3s makes it.\n${reasons.join('\n')}`);
}

/** The way that kubectl will take: straight to the public address, or through ssh. */
async function tryOne(
  { cluster, host }: KubeconfigContext,
  node: Node,
  credentials: Credentials,
): Promise<string | undefined> {
  const endpoint = { address: apiAddress(cluster(), node), port: systemPorts.kubernetesAPI };
  if (!needsTunnel(cluster())) return tryServer(endpoint, credentials);
  try {
    return await tryServer(endpoint, credentials, host(node).socket(endpoint.address, endpoint.port));
  } catch (error) {
    if (error instanceof NotYet) return error.message;
    throw error;
  }
}
