import { identity } from '../../synth/compare.ts';
import type { Manifest } from '../../synth/render.ts';

/** One value somewhere in an object. */
export interface Place {
  readonly path: readonly string[];
  readonly value: unknown;
  /** `Deployment honeydue/api: spec.replicas`. */
  readonly where: string;
}

/** Every value of an object, from the object itself to each leaf. */
export function places(object: Manifest): Place[] {
  const id = identity(object);
  const found: Place[] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    found.push({ path, value, where: `${id}: ${path.join('.')}` });
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) visit(child, [...path, key]);
  };
  visit(object, []);
  return found;
}

/** Every value of every object. */
export function allPlaces(objects: readonly Manifest[]): Place[] {
  return objects.flatMap(places);
}

/** The last key of a path that is not the number of a list's element. */
export function keyOf({ path }: Place): string {
  return path.findLast((part) => !/^\d+$/.test(part)) ?? '';
}
