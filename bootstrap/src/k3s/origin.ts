import type { ClusterView } from './cluster-view.ts';
import type { Server } from './state.ts';

/** Where the cluster is. It is asked, never assumed: two clusters out of one would be the end of both. */
export type Origin =
  | { readonly kind: 'live'; readonly through: Server; readonly view: ClusterView }
  /** Somewhere there is etcd's data, and no API server answers. */
  | { readonly kind: 'down'; readonly servers: readonly Server[] }
  /** There is no data on any host. */
  | { readonly kind: 'none' };

/** @param servers all of them: one that cannot be seen may be the one that has the data */
export function findOrigin(servers: readonly Server[]): Origin {
  for (const through of servers) if (through.view) return { kind: 'live', through, view: through.view };
  const withData = servers.filter(({ hasData }) => hasData);
  return withData.length > 0 ? { kind: 'down', servers: withData } : { kind: 'none' };
}

/** What happens to a server. */
export type Part =
  /** The one that begins the cluster. */
  | 'found'
  /** It has data of its own and starts with that, or runs. */
  | 'stay'
  | 'join';

export function partOf(server: Server, origin: Origin, servers: readonly Server[]): Part {
  if (server.hasData) return 'stay';
  return origin.kind === 'none' && server === servers[0] ? 'found' : 'join';
}
