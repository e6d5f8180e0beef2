import type { Manifest } from '../../synth/render.ts';
import { normal } from './normal.ts';
import { overlaps } from './path.ts';
import { typeOf } from './schema.ts';
import { withinTexts } from './texts.ts';
import { type Change, compareValues, isMap } from './values.ts';

/** A difference as it stands in the files. */
export interface ObjectChange extends Change {
  /** The API server sees none: it is a default, another spelling of a size, or something it keeps anyway. */
  readonly unseen?: true;
}

/** How an object differs: as the files say it, and as the API server will see it. */
export function compareObjects(
  before: Manifest,
  after: Manifest,
): { written: ObjectChange[]; seen: Change[] } {
  const type = typeOf(after);
  const written = withinTexts(compareValues(before, after, type));
  // The rest is the same on both sides, and what the API server makes of it too.
  const touched = new Set(written.map(({ path }) => path[0]));
  const [old, next] = [before, after].map((object) => normal(only(object, touched)));
  const seen = withinTexts(compareValues(old, kept(old, next), type));
  return {
    written: written.map(
      (change): ObjectChange =>
        seen.some(({ path }) => overlaps(path, change.path)) ? change : { ...change, unseen: true },
    ),
    seen,
  };
}

const IDENTITY = ['apiVersion', 'kind'];

/** The object with these of its fields. */
function only(object: Manifest, fields: ReadonlySet<unknown>): Manifest {
  return Object.fromEntries(
    Object.entries(object).filter(([key]) => fields.has(key) || IDENTITY.includes(key)),
  ) as Manifest;
}

/** A Service keeps its address when the manifest no longer names it (registry/core/service, patchAllocatedValues). */
function kept(before: unknown, after: unknown): unknown {
  if (!isMap(before) || !isMap(after) || after.kind !== 'Service') return after;
  const [old, next] = [before.spec, after.spec];
  if (!isMap(old) || !isMap(next) || next.clusterIP !== undefined || old.clusterIP === undefined)
    return after;
  return { ...after, spec: { ...next, clusterIP: old.clusterIP } };
}
