import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordKernelSettings } from '../core/kernel-settings.ts';
import { takeLock } from '../core/lock.ts';
import { LAB } from '../core/name.ts';
import { run } from '../core/process.ts';
import { remains } from '../core/sweep.ts';
import { waitFor } from '../core/wait.ts';
import { createHost, from, PRODUCTION_HOSTS, runDir, startLab, startService, stopService } from '../lab.ts';
import { describeMissing } from '../prepare/requirements.ts';

test('two labs on one machine are refused, and who has it is named', async () => {
  await expect(takeLock('a second run')).rejects.toThrow(/process \d+ \(npm run test:lab\) is using it/);
  await expect(startLab('a second run')).rejects.toThrow(/is using it/);
});

test('what the lab occupies is known: without it, cleaning up would miss something', () => {
  const found = remains().join('\n');
  for (const name of [
    LAB,
    ...['operator', 'edge', 'internet', 'neighbour', 'services'].map((place) => `${LAB}-${place}`),
  ]) {
    expect(found).toContain(`network namespace ${name}\n`);
  }
  expect(found).toMatch(/^process \d+$/m);
});

test('commands are the same wherever the lab is started from: no shell reads somebody’s ~/.bashrc', async () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  writeFileSync(join(home, '.bashrc'), 'echo read');
  const { SHLVL } = process.env;
  process.env.SHLVL = '0'; // as behind `&`
  expect((await run(['bash', '-c', 'true'], { env: { HOME: home } })).stdout).toBe('');
  process.env.SHLVL = SHLVL;
  rmSync(home, { recursive: true });
});

test('a lab that starts beside another one keeps the kernel settings from before both', () => {
  const record = join(runDir(), 'kernel-settings.json');
  const own = readFileSync(record, 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'other-lab-'));
  writeFileSync(join(folder, 'record'), '{"kernel/panic":"77"}');
  recordKernelSettings([join(folder, 'record')]);
  const taken = readFileSync(record, 'utf8');
  writeFileSync(record, own);
  rmSync(folder, { recursive: true });
  expect(taken).toBe('{"kernel/panic":"77"}');
});

test('a wait says what it waited for and what it saw last', async () => {
  const never = waitFor('the moon', () => Promise.reject(new Error('still dark')), {
    timeoutMs: 50,
    intervalMs: 10,
  });
  await expect(never).rejects.toThrow(/waited 0\.05 s for the moon: last seen: still dark/);
});

test('a host with a wrong name or address is refused before anything is made', async () => {
  const [spec] = PRODUCTION_HOSTS;
  if (spec === undefined) throw new Error('no specification');
  await expect(createHost({ ...spec, alias: 'Name With Blanks' })).rejects.toThrow(/alias must match/);
  await expect(createHost({ ...spec, publicIPv4: '203.0.113.400' })).rejects.toThrow(/is not IPv4/);
});

test('a service runs in its place, and one that ends at once is an error with its last words', async () => {
  const ready = { address: '203.0.113.2', port: 9999 };
  await startService({ name: 'echo', argv: ['busybox', 'httpd', '-f', '-p', '9999', '-h', '/run'], ready });
  expect(await from('internet').connect(ready.address, ready.port)).toBe('open');
  await stopService('echo');
  expect(await from('internet').connect(ready.address, ready.port)).toBe('refused');
  const broken = startService({ name: 'broken', argv: ['sh', '-c', 'echo no such disk; exit 3'], ready });
  await expect(broken).rejects.toThrow(/no such disk/);
});

test('what is missing is listed with the package that brings it', () => {
  const text = describeMissing([{ what: 'program nft', debianPackage: 'nftables' }, { what: 'root' }]);
  expect(text).toBe('  - program nft (Debian package nftables)\n  - root');
});
