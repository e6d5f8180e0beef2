import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { filesIn } from '../review/state/files.ts';
import { Reader } from '../review/state/manifests.ts';
import type { Manifest } from '../synth/render.ts';

/**
 * Times `npm run diff` over a dist/ of 8,000 objects, from the start of the program to its last line, git included.
 * Prints the median of five runs each: review.ts [OBJECTS]
 */

const ROUNDS = 5;
const count = Number(process.argv[2] ?? 8000);
const program = resolve('.');
const folder = mkdtempSync(join(tmpdir(), 'bench-review-'));

/** The real objects of one workload, as often as asked, in files of their own. */
function write(edit: (text: string, i: number) => string): void {
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const objects = new Reader().read('40-api.k8s.yaml', source).objects.map(({ object }) => object);
  const kinds = ['config', 'extra'].map((name) => configMap(name));
  const all = [...objects, ...kinds];
  const texts = all.map((object) => stringify(object, { version: '1.1', lineWidth: 0 }));
  for (let i = 0; i < count / all.length; i++) {
    const text = texts.join('---\n').replaceAll(/\bapi\b/g, `app-${i}`);
    writeFileSync(join(folder, 'dist', `40-app-${i}.k8s.yaml`), edit(text, i));
  }
  for (const [name, text] of filesIn('dist/hosts')) {
    mkdirSync(join(folder, 'dist/hosts'), { recursive: true });
    writeFileSync(join(folder, 'dist/hosts', name), text);
  }
}

const source = filesIn('dist').get('40-api.k8s.yaml') ?? '';
const configMap = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `api-${name}`, namespace: 'honeydue' },
  data: { A: '1', B: '2' },
});

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...args], {
    cwd: folder,
  });

const edits: Readonly<Record<string, (text: string, i: number) => string>> = {
  nothing: (text) => text,
  'one image': (text, i) => (i === 0 ? text.replace('237c6b8', '0000001') : text),
  'every image': (text) => text.replaceAll('237c6b8', '0000001'),
  'a label of every object': (text) =>
    text.replaceAll('app.kubernetes.io/part-of: honeydue', 'app.kubernetes.io/part-of: other'),
};

write((text) => text);
git('init', '-q', '-b', 'main');
git('add', '-A');
git('commit', '-q', '-m', 'base');
console.log(`${count} objects, median of ${ROUNDS}       ms`);
for (const [name, edit] of Object.entries(edits)) {
  write(edit);
  const times = Array.from({ length: ROUNDS + 1 }, () => {
    const start = performance.now();
    execFileSync(process.execPath, [join(program, 'tools/run.mjs'), join(program, 'review/diff.ts')], {
      cwd: folder,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
    });
    return performance.now() - start;
  });
  // The first run fills caches.
  const median = times.slice(1).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  console.log(`${name.padEnd(28)} ${median.toFixed(0).padStart(6)}`);
}
rmSync(folder, { recursive: true });
