import type { Path, Problem } from './problem.ts';
import type { Cluster } from './schema.ts';

/** What one key of cluster.yaml cannot know of another. */
export interface Rule {
  /** The keys that the rule reads. It is skipped while one of them is itself wrong: one mistake, one message. */
  readonly reads: readonly string[];
  readonly problems: (cluster: Cluster) => Problem[];
}

/** A problem with a value that was found at a path. */
export function problem(path: Path, found: unknown, allowed: string, suggestion?: string): Problem {
  return { path, found, allowed, suggestion };
}
