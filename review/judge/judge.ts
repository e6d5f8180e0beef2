import type { Manifest } from '../../synth/render.ts';
import type { Change } from '../compare/values.ts';
import type { Effect } from '../impact.ts';
import type { World, Worlds } from '../objects/world.ts';

/** An object that is in both states and not the same. */
export interface Edit {
  readonly before: Manifest;
  readonly after: Manifest;
  /** What the API server would see: defaults and spellings of sizes are no difference. */
  readonly changes: readonly Change[];
}

/** What follows from an edit, as far as one subject goes; nothing when it is not about it. */
export type Judge = (edit: Edit, worlds: Worlds) => Effect[];

/** What follows from an object that comes, or that goes. */
export type JudgeOne = (object: Manifest, world: World) => Effect[];
