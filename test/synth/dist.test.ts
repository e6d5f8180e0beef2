import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../charts/index.ts';
import { loadCluster } from '../../config/load.ts';
import { readFolder } from '../../synth/folder.ts';
import { render } from '../../synth/render.ts';
import { generatedFiles } from '../../tools/generate.ts';

const root = join(__dirname, '../..');
const committed = readFolder(join(root, 'dist'));
const rendered = render(buildApp(loadCluster(join(root, 'cluster.yaml'))));

// A reviewer reads the diff of dist/. If dist/ is not what the sources make, the reviewed thing is not the applied one.
describe('dist/ is what the sources make; if not: npm run synth', () => {
  test('the same files', () => {
    expect([...committed.keys()]).toEqual([...rendered.keys()].sort());
  });

  test.each([...rendered.keys()])('%s', (name) => {
    expect(committed.get(name)).toBe(rendered.get(name));
  });
});

// Editors and operators read these; a stale one tells them of keys that do not exist.
describe('generated files are what the code makes; if not: npm run generate', () => {
  test.each(Object.entries(generatedFiles))('%s', (name, text) => {
    expect(readFileSync(join(root, name), 'utf8')).toBe(text());
  });
});

// Somebody who knows cdk8s types `cdk8s synth`; it must not be another program with another result.
test('cdk8s synth, with the cdk8s.yaml of the project, writes the same dist/', () => {
  const out = mkdtempSync(join(tmpdir(), 'cdk8s-synth-'));
  const cli = join(root, 'node_modules/.bin/cdk8s');
  execFileSync(cli, ['synth', '--no-check-upgrade', '--output', join(out, 'dist')], {
    cwd: root,
    stdio: 'pipe',
  });
  expect(readFolder(join(out, 'dist'))).toEqual(committed);
  rmSync(out, { recursive: true });
});
