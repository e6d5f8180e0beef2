import type { Rendered } from '../../synth/render.ts';
import { type Host, readHost } from './host-text.ts';
import { type Located, Reader } from './manifests.ts';

/** What a dist/ asks for: the objects of the cluster, and how each server looks. */
export interface State {
  readonly objects: readonly Located[];
  readonly hosts: readonly Host[];
}

/** A dist/ with the words by which a message names it: `dist` or `main:dist`. */
export interface Source {
  readonly name: string;
  readonly files: Rendered;
}

/** A dist/ cannot be read. The message lists every problem, each with its file and line. */
export class StateError extends Error {
  override readonly name = 'StateError';
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

/** kubectl reads these when it is given the folder; nothing below it. */
const MANIFEST = /^[^/]+\.(ya?ml|json)$/;
const HOST = /^hosts\/[^/]+\.txt$/;

/**
 * Reads both sides of a comparison. A document that stands in both is read once, and is then one and the same object.
 * @param reader what it read before, it need not read again
 * @throws StateError with every problem of both
 */
export function readStates(
  before: Source,
  after: Source,
  reader = new Reader(),
): { before: State; after: State } {
  const problems: string[] = [];
  const states = [before, after].map((source) => readState(source, reader, problems));
  // Before dist/ was first committed there is nothing; but nothing to apply is a slip, and would read as: delete it all.
  if (problems.length === 0 && states[1]?.objects.length === 0)
    problems.push(`${after.name}: no manifest in it; npm run synth writes them`);
  const [old, next] = states;
  if (problems.length > 0 || old === undefined || next === undefined) throw new StateError(problems);
  return { before: old, after: next };
}

function readState({ name, files }: Source, reader: Reader, problems: string[]): State {
  const objects: Located[] = [];
  const hosts: Host[] = [];
  for (const [file, text] of files) {
    const where = `${name}/${file}`;
    if (HOST.test(file)) {
      const host = readHost(file, text);
      if (typeof host === 'string') problems.push(`${where}:1: ${host}`);
      else hosts.push(host);
    }
    if (!MANIFEST.test(file)) continue;
    const read = reader.read(file, text);
    objects.push(...read.objects);
    problems.push(...read.problems.map(({ line, text }) => `${where}:${line}: ${text}`));
  }
  problems.push(...duplicates(name, objects));
  return { objects, hosts };
}

/** Applied one after the other, the last would win without a word. */
function duplicates(name: string, objects: readonly Located[]): string[] {
  const first = new Map<string, Located>();
  return objects.flatMap((located) => {
    const { key, id, file, line } = located;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, located);
      return [];
    }
    return [`${name}/${file}:${line}: ${id} stands twice, first in ${name}/${other.file}:${other.line}`];
  });
}
