import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from './object.ts';

/** A file of dist/. */
export interface DistFile {
  /** `40-api.k8s.yaml` */
  readonly name: string;
  readonly text: string;
  readonly objects: readonly KubeObject[];
}

/** dist/ cannot be used. Says which file, and what to do. */
export class DistError extends Error {
  override readonly name = 'DistError';
}

const MANIFEST = /\.ya?ml$/;

/**
 * The manifests of dist/ in the order in which they are applied, which is that of their names.
 * @throws DistError
 */
export function readDist(folder: string): DistFile[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => MANIFEST.test(name))
      .sort();
  } catch (error) {
    throw new DistError(`${folder}: ${(error as Error).message}. Make it: npm run synth`);
  }
  if (names.length === 0) throw new DistError(`${folder} holds no manifest. Make it: npm run synth`);
  return names.map((name) => readFile(folder, name));
}

function readFile(folder: string, name: string): DistFile {
  const text = readFileSync(join(folder, name), 'utf8');
  // YAML 1.1, as kubectl reads it.
  const documents = parseAllDocuments(text, { version: '1.1' });
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error) throw new DistError(`${join(folder, name)}: ${error.message}. Make it anew: npm run synth`);
  const objects = documents.map((document) => document.toJS() as KubeObject | null);
  return { name, text, objects: objects.filter((object) => object !== null) };
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** What runs pods, of all the objects. */
export function workloadsIn(objects: readonly KubeObject[]): KubeObject[] {
  return objects.filter(({ kind }) => WORKLOADS.includes(kind));
}
