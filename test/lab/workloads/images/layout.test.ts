import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256File } from './digest.ts';
import { packLayer, writeLayout } from './layout.ts';
import { RootFs, sharedLibraries } from './rootfs.ts';

const folder = mkdtempSync(join(tmpdir(), 'layout-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function tree(name: string, time: number): Promise<string> {
  const root = new RootFs(join(folder, name));
  await root.base('authority');
  await root.file('/app/run', 'text', 0o755);
  utimesSync(join(root.root, 'app', 'run'), time, time);
  const tar = join(folder, `${name}.tar`);
  await packLayer(root.root, tar);
  return tar;
}

test('a layer depends on names, modes and contents alone', async () => {
  const [first, second] = [await tree('first', 1), await tree('second', 1_000_000)];
  expect(await sha256File(first)).toBe(await sha256File(second));
  const listing = execFileSync('tar', ['-tvf', first], { encoding: 'utf8' });
  expect(listing).toMatch(/-rwxr-xr-x 0\/0 +4 1970-01-01 .*\.\/app\/run/);
  expect(listing).toMatch(/drwxrwxrwt 0\/0 .*\.\/tmp\//);
});

test('images of one layer share it, and skopeo finds each by its name', async () => {
  const layer = await tree('shared', 1);
  const layout = join(folder, 'layout');
  mkdirSync(layout);
  const config = { entrypoint: ['/app/run'], env: { LAB_VERSION: 'a' }, user: '10001:10001', ports: [8000] };
  await writeLayout(layout, [
    { reference: 'registry.example/app:a', layer, config },
    { reference: 'registry.example/app:b', layer, config: { ...config, env: { LAB_VERSION: 'b' } } },
  ]);
  // One layer, two configurations, two manifests.
  expect(readdirSync(join(layout, 'blobs', 'sha256'))).toHaveLength(5);
  const inspected = execFileSync('skopeo', ['inspect', '--config', `oci:${layout}:registry.example/app:b`], {
    encoding: 'utf8',
  });
  const { config: found } = JSON.parse(inspected) as { config: { Env: string[]; User: string } };
  expect(found.Env).toContain('LAB_VERSION=b');
  expect(found.User).toBe('10001:10001');
});

test('shared libraries include the loader, and what is not a dynamic program has none', async () => {
  expect(await sharedLibraries(process.execPath)).toContain('/lib64/ld-linux-x86-64.so.2');
  expect(await sharedLibraries(__filename)).toEqual([]);
});
