import { dirname, join } from 'node:path';
import { loadCluster } from '../../config/load.ts';
import type { Cluster } from '../../config/schema.ts';

/** The folder of a deployment: cluster.yaml and what lies beside it. */
export interface Site {
  /** cluster.yaml, as it was given on the command line. */
  readonly config: string;
  /** What is rendered from it. */
  readonly dist: string;
  /** The secret values. */
  readonly prodEnv: string;
  /** The hosts' ssh keys, pinned at the first contact; belongs into git. */
  readonly knownHosts: string;
  /** What cluster.yaml says now: provisioning itself writes new addresses into it. */
  cluster(): Cluster;
  /** Reads cluster.yaml again. @throws ConfigError */
  reload(): void;
}

/** @throws ConfigError with every problem of cluster.yaml at once */
export function openSite(config: string): Site {
  let cluster = loadCluster(config);
  const beside = (name: string) => join(dirname(config), name);
  return {
    config,
    dist: beside('dist'),
    prodEnv: beside('prod.env'),
    knownHosts: beside('known_hosts'),
    cluster: () => cluster,
    reload: () => {
      cluster = loadCluster(config);
    },
  };
}
