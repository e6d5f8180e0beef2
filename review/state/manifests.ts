import { YAMLException } from 'js-yaml';
import { identity } from '../../synth/compare.ts';
import type { Manifest } from '../../synth/render.ts';
import { readYAML } from '../yaml.ts';

/** An object and where it stands. */
export interface Located {
  readonly object: Manifest;
  /** `Deployment honeydue/api`, as people read it. */
  readonly id: string;
  /** The same with the API group: what the API server tells objects apart by. */
  readonly key: string;
  readonly file: string;
  /** Where its document begins; the first line of a file is 1. */
  readonly line: number;
}

export interface Problem {
  readonly line: number;
  readonly text: string;
}

/** Reads manifests, and each document once however often it stands somewhere. */
export class Reader {
  readonly #known = new Map<string, unknown>();

  /** The objects of a file, and what is wrong with the others. */
  read(file: string, text: string): { objects: Located[]; problems: Problem[] } {
    const objects: Located[] = [];
    const problems: Problem[] = [];
    for (const { line, text: document } of split(text)) {
      try {
        const value = this.#parse(document);
        if (value === null || value === undefined) continue;
        const fault = faultOf(value);
        if (fault === undefined) objects.push({ ...named(value as Manifest), file, line });
        else problems.push({ line, text: fault });
      } catch (error) {
        if (!(error instanceof YAMLException)) throw error;
        problems.push({ line: line + (error.mark?.line ?? 0), text: error.reason });
      }
    }
    return { objects, problems };
  }

  #parse(document: string): unknown {
    if (!this.#known.has(document)) this.#known.set(document, readYAML(document));
    return this.#known.get(document);
  }
}

/** The documents of a file with the line on which each begins. */
function split(text: string): { line: number; text: string }[] {
  const documents: { line: number; text: string }[] = [];
  let line = 1;
  for (const part of text.split(/^---[ \t]*$\n?/m)) {
    if (part.trim() !== '') documents.push({ line, text: part });
    line += part.split('\n').length;
  }
  return documents;
}

function faultOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return 'not a Kubernetes object';
  const { apiVersion, kind, metadata } = value as Partial<Manifest>;
  const missing = [
    ...(typeof apiVersion === 'string' ? [] : ['apiVersion']),
    ...(typeof kind === 'string' ? [] : ['kind']),
    ...(typeof metadata?.name === 'string' ? [] : ['metadata.name']),
  ];
  return missing.length > 0 ? `not a Kubernetes object: ${missing.join(', ')} missing` : undefined;
}

function named(object: Manifest): Pick<Located, 'object' | 'id' | 'key'> {
  const id = identity(object);
  const group = object.apiVersion.includes('/') ? object.apiVersion.replace(/\/.*/, '') : '';
  return { object, id, key: `${group} ${id}` };
}
