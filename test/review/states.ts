import { join } from 'node:path';
import { filesIn } from '../../review/state/files.ts';
import { Reader } from '../../review/state/manifests.ts';
import { readStates, type State } from '../../review/state/state.ts';
import type { Manifest, Rendered } from '../../synth/render.ts';
import type { EditCase } from './edits/edit.ts';

/** dist/ as it is committed. */
export const dist: Rendered = filesIn(join(__dirname, '../../dist'));

/** One for all tests: most documents are the same in all of them. */
const reader = new Reader();

/** The states of two sets of files. */
export function states(before: Rendered, after: Rendered): { before: State; after: State } {
  return readStates({ name: 'before', files: before }, { name: 'after', files: after }, reader);
}

/** The objects of dist/, as copies that a test may change. */
export function objects(): Manifest[] {
  return structuredClone(real.objects.map(({ object }) => object));
}

const { before: real } = states(dist, dist);

/** One file with all objects (JSON is YAML, and written faster), and the hosts of dist/. */
export function filesOf(list: readonly Manifest[], host?: EditCase['host']): Rendered {
  const hosts = [...dist].filter(([name]) => name.startsWith('hosts/'));
  return new Map([
    ['all.k8s.yaml', list.map((object) => `${JSON.stringify(object)}\n`).join('---\n')],
    ...hosts.map(([name, text]): [string, string] => [
      name,
      name === 'hosts/hetzner1.txt' ? edited(text, host) : text,
    ]),
  ]);
}

function edited(text: string, host: EditCase['host']): string {
  if (host === undefined) return text;
  const [from, to] = host;
  const count = text.split(from).length - 1;
  if (count !== 1) throw new Error(`${JSON.stringify(from)} stands ${count} times in the text of hetzner1`);
  return text.replace(from, () => to);
}
