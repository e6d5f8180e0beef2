import { parse } from 'yaml';
import type { Manifest, Rendered } from './render.ts';

/** What happened to one object between two renderings. */
export interface Change {
  readonly change: 'added' | 'changed' | 'removed';
  /** `Deployment honeydue/api`. */
  readonly object: string;
}

/** The YAML documents of a file, each with one object. */
export function documents(text: string): string[] {
  return text.split(/^---\n/m).filter((document) => document.trim() !== '');
}

/** The objects of a rendering. It is YAML 1.1, as kubectl reads it. */
export function parseManifests(files: Rendered): Manifest[] {
  return [...files.values()]
    .flatMap(documents)
    .map((document) => parse(document, { version: '1.1' }) as Manifest);
}

/** `Deployment honeydue/api`, `Namespace honeydue`. */
export function identity({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
}

/** What applying `after` instead of `before` would add, change and leave behind. Only documents that differ are parsed. */
export function compare(before: Rendered, after: Rendered): Change[] {
  const old = identities(documentsOnlyIn(before, after));
  const next = identities(documentsOnlyIn(after, before));
  return [
    ...next.map((object): Change => ({ change: old.includes(object) ? 'changed' : 'added', object })),
    ...old
      .filter((object) => !next.includes(object))
      .map((object): Change => ({ change: 'removed', object })),
  ];
}

function documentsOnlyIn(files: Rendered, others: Rendered): Rendered {
  const known = new Set([...others.values()].flatMap(documents));
  return new Map(
    [...files].map(([name, text]) => [
      name,
      documents(text)
        .filter((d) => !known.has(d))
        .join('---\n'),
    ]),
  );
}

const identities = (files: Rendered): string[] => parseManifests(files).map(identity);
