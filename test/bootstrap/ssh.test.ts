import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnreachableError } from '../../bootstrap/src/host/remote.ts';
import { openSsh } from '../../bootstrap/src/host/ssh.ts';
import { useFakeSsh } from './fake-ssh.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssh-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

// It once ended the whole program: a program that is gone cannot be written to, and nobody was told so.
test('a connection that ends before its input was read is an error that names the host, and no crash', async () => {
  useFakeSsh(folder, '198.51.100.9', ['192.0.2.2']);
  const settings = { identity: join(folder, 'id'), knownHosts: join(folder, 'known'), sockets: folder };
  const ssh = openSsh({ alias: 'two', address: '192.0.2.2', user: 'root' }, settings);
  // More than the kernel keeps for a reader.
  const input = 'x'.repeat(5_000_000);
  const error: unknown = await ssh.run(['cat'], { input }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnreachableError);
  expect(String(error)).toMatch(/two: ssh root@192\.0\.2\.2: .*timed out/);
});

// What an operator's shell says at its start would stand among the answers of the hosts, and can take seconds.
test('the operator’s own shell settings are not run', async () => {
  const logins = useFakeSsh(folder, '198.51.100.9');
  writeFileSync(join(folder, '.bashrc'), 'echo welcome back\n');
  const home = process.env.HOME;
  process.env.HOME = folder;
  try {
    const settings = { identity: join(folder, 'id'), knownHosts: join(folder, 'known'), sockets: folder };
    const ssh = openSsh({ alias: 'two', address: '192.0.2.2', user: 'root' }, settings);
    expect(await ssh.run(['echo', 'answer'])).toMatchObject({ exitCode: 0, stdout: 'answer\n' });
    expect(logins()).toEqual(['root@192.0.2.2']);
  } finally {
    process.env.HOME = home;
  }
});
