import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../charts/index.ts';
import { hostTexts } from '../../config/hosts/host-text.ts';
import { loadCluster } from '../../config/load.ts';
import { readFolder, readHosts } from '../../synth/folder.ts';
import { render } from '../../synth/render.ts';
import { generatedFiles } from '../../tools/generate.ts';
import { variants } from '../clusters.ts';

const root = join(__dirname, '../..');
const dist = join(root, 'dist');
const cluster = loadCluster(join(root, 'cluster.yaml'));
const committed = new Map([...readFolder(dist), ...readHosts(dist)]);
const rendered = new Map([...render(buildApp(cluster)), ...hostTexts(cluster)]);

// A reviewer reads the diff of dist/. If dist/ is not what the sources make, the reviewed thing is not the applied one.
describe('dist/ is what the sources make; if not: npm run synth', () => {
  test('the same files', () => {
    expect([...committed.keys()]).toEqual([...rendered.keys()].sort());
  });

  test.each([...rendered.keys()])('%s', (name) => {
    expect(committed.get(name)).toBe(rendered.get(name));
  });
});

// Servers are made from what is committed; had their addresses a place in a manifest, its review would come too late.
test('no manifest depends on an address that the provider gives', () => {
  const before = render(buildApp(variants['servers that do not exist yet']()));
  expect([...before]).toEqual([...readFolder(dist)]);
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
  const written = join(out, 'dist');
  expect(new Map([...readFolder(written), ...readHosts(written)])).toEqual(committed);
  rmSync(out, { recursive: true });
});
