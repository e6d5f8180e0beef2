import { dirname, join } from 'node:path';
import { rangesOf } from '../../config/cloudflare.ts';
import { loadCluster } from '../../config/load.ts';
import type { Cluster } from '../../config/schema.ts';
import { rangesFile, readRangesFile } from './cloudflare/ranges-file.ts';

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
  /** The project's file of Cloudflare's ranges. */
  readonly ranges: string;
  /** What cluster.yaml says now: provisioning itself writes new addresses into it, and new ranges of Cloudflare. */
  cluster(): Cluster;
  /** Reads cluster.yaml and Cloudflare's ranges again. @throws ConfigError */
  reload(): void;
}

/** @throws ConfigError with every problem of cluster.yaml at once */
export function openSite(config: string, ranges = rangesFile): Site {
  let cluster = loadWithRanges(config, ranges);
  const beside = (name: string) => join(dirname(config), name);
  return {
    config,
    dist: beside('dist'),
    prodEnv: beside('prod.env'),
    knownHosts: beside('known_hosts'),
    ranges,
    cluster: () => cluster,
    reload: () => {
      cluster = loadWithRanges(config, ranges);
    },
  };
}

/**
 * This program was loaded with the ranges of that moment: from the file come those of now. Where cluster.yaml names a
 * proxy of its own, that holds.
 */
function loadWithRanges(config: string, ranges: string): Cluster {
  const cluster = loadCluster(config);
  const { proxyRanges = rangesOf(readRangesFile(ranges)) } = cluster.edge;
  return { ...cluster, edge: { ...cluster.edge, proxyRanges } };
}
