import type { Document } from 'yaml';
import type { Impact } from '../../../review/impact.ts';
import type { Manifest } from '../../../synth/render.ts';

/** An edit that somebody could propose, and the class that a careful operator would give it. */
export interface EditCase {
  readonly name: string;
  /** Objects that dist/ does not have, in both states. */
  readonly given?: readonly Manifest[];
  /** The edit: of cluster.yaml, */
  readonly cluster?: (document: Document) => void;
  /** of objects of dist/ as they are, */
  readonly objects?: (objects: Manifest[]) => void;
  /** or of the text of hetzner1: what stands there once, and what stands there then. */
  readonly host?: readonly [from: string, to: string];
  /** Class of the whole report, and of the object that has it. */
  readonly impact: Impact;
  readonly subject: string;
  /** Part of a sentence that the report must say about the object. */
  readonly says?: string;
}

/** An object of a group that dist/ does not use, or one more of a kind that it does. */
export function manifest(
  apiVersion: string,
  kind: string,
  name: string,
  fields: Record<string, unknown>,
): Manifest {
  return { apiVersion, kind, metadata: { name, namespace: 'honeydue' }, ...fields };
}

/** The same of a kind that is in no namespace. */
export function clusterWide(
  apiVersion: string,
  kind: string,
  name: string,
  fields: Record<string, unknown>,
): Manifest {
  return { apiVersion, kind, metadata: { name }, ...fields };
}

/** The first element, which must be there. */
export function firstOf<T>(list: readonly T[] | undefined): T {
  const [first] = list ?? [];
  if (first === undefined) throw new Error('the list is empty');
  return first;
}

/** Takes an object away. */
export function remove(objects: Manifest[], kind: string, name: string, namespace?: string): void {
  const index = objects.findIndex(
    (object) =>
      object.kind === kind &&
      object.metadata.name === name &&
      (namespace === undefined || object.metadata.namespace === namespace),
  );
  if (index < 0) throw new Error(`there is no ${kind} ${name}`);
  objects.splice(index, 1);
}
