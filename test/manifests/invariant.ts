import type { Cluster } from '../../config/schema.ts';
import type { Manifest } from '../../synth/render.ts';
import type { variants } from '../clusters.ts';

/** Something that holds for all rendered objects of every cluster.yaml. */
export interface Invariant {
  /** What docs/controls.md and a failing test call it. */
  readonly name: string;
  /** One sentence: what broke once, or would. */
  readonly why: string;
  /** Ids of docs/controls.md that it proves. */
  readonly controls: readonly string[];
  /** What is wrong, one sentence a problem; nothing when it holds. */
  readonly check: (objects: readonly Manifest[], cluster: Cluster) => string[];
  /** Ways to break sound manifests that `check` must notice: it shows that the invariant can fail. */
  readonly breaks: readonly [Break, ...Break[]];
}

/** One way to break sound manifests. */
export interface Break {
  /** The cluster whose manifests are broken; the real one unless said. */
  readonly variant?: keyof typeof variants;
  /** Changes a copy made for this break alone. */
  readonly how: (objects: Manifest[], cluster: Cluster) => void;
}

/** A break of the real cluster's manifests. */
export const broken = (how: Break['how']): Break => ({ how });
