import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isSeq, parseDocument, YAMLMap, YAMLSeq } from 'yaml';
import { nodeAddress } from '../../../../config/addresses.ts';
import { systemPorts } from '../../../../config/hosts/system-ports.ts';
import type { Cluster, Node } from '../../../../config/schema.ts';
import { type ClusterEntry, type Credentials, encoded } from './credentials.ts';

/** The name of the context that is used, of the user, and the beginning of all other names of ours. */
export const NAME = 'honeydue';

export const nameOf = ({ alias }: Node) => `${NAME}-${alias}`;

/** Where the tunnel begins on the workstation. */
export const TUNNEL = { host: '127.0.0.1', port: 16443 } as const;

/** True when port 6443 is shut to operators, and kubectl needs a tunnel. */
export const needsTunnel = ({ firewall }: Cluster) => firewall.kubernetesAPI.length === 0;

/** The address under which the workstation asks for the API of a node. */
export function apiAddress(cluster: Cluster, node: Node): string {
  return needsTunnel(cluster) ? nodeAddress(node) : (node.publicIPv4 ?? nodeAddress(node));
}

/**
 * The kubeconfig with a context for each server, and `honeydue` for the one that is used.
 * @param existing its text until now, or ''; what others have put there stays as it is
 * @param used the server of the context `honeydue`
 * @returns the text; the same one when nothing differs
 */
export function mergeKubeconfig(
  existing: string,
  cluster: Cluster,
  credentials: Credentials,
  used: Node,
): string {
  const parsed: Document = parseDocument(existing);
  const document = isMap(parsed.contents) ? parsed : new Document({ apiVersion: 'v1', kind: 'Config' });
  const before: unknown = parsed.toJS();
  const entries = wanted(cluster, credentials, used);
  for (const list of ['clusters', 'users', 'contexts'] as const) putInto(document, list, entries[list]);
  const current = document.get('current-context');
  if (!current || String(current).startsWith(NAME)) document.set('current-context', NAME);
  return isDeepStrictEqual(before, document.toJS()) ? existing : document.toString({ lineWidth: 0 });
}

type Entry = { readonly name: string } & Readonly<Record<string, unknown>>;

function wanted(cluster: Cluster, { authority, certificate, key }: Credentials, used: Node) {
  const context = (name: string, node: Node): Entry => ({
    name,
    context: { cluster: nameOf(node), user: NAME },
  });
  return {
    clusters: cluster.nodes.map(
      (node): Entry => ({ name: nameOf(node), cluster: clusterEntry(cluster, node, authority) }),
    ),
    users: [
      {
        name: NAME,
        user: { 'client-certificate-data': encoded(certificate), 'client-key-data': encoded(key.reveal()) },
      },
    ],
    contexts: [context(NAME, used), ...cluster.nodes.map((node) => context(nameOf(node), node))],
  };
}

function clusterEntry(cluster: Cluster, node: Node, authority: string): ClusterEntry {
  return {
    'certificate-authority-data': encoded(authority),
    server: `https://${apiAddress(cluster, node)}:${systemPorts.kubernetesAPI}`,
    ...(needsTunnel(cluster) && { 'proxy-url': `socks5://${TUNNEL.host}:${TUNNEL.port}` }),
  };
}

/** Ours in place of ours; those of servers that are gone go. Comments and the order of others stay. */
function putInto(document: Document, list: string, entries: readonly Entry[]): void {
  const found = document.get(list);
  const sequence = isSeq(found) ? found : new YAMLSeq();
  const nameIn = (item: unknown) => (item instanceof YAMLMap ? String(item.get('name')) : '');
  const isOurs = (name: string) => name === NAME || name.startsWith(`${NAME}-`);
  sequence.items = sequence.items.filter((item) => {
    const name = nameIn(item);
    return !isOurs(name) || entries.some((entry) => entry.name === name);
  });
  for (const entry of entries) {
    const index = sequence.items.findIndex((item) => nameIn(item) === entry.name);
    const item = document.createNode(entry);
    if (index < 0) sequence.items.push(item);
    else sequence.items[index] = item;
  }
  document.set(list, sequence);
}
