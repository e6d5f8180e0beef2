import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../bootstrap/src/local-file.ts';
import { socketFolder } from '../../bootstrap/src/sockets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync('/tmp/f-');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file that is replaced', () => {
  test('keeps its mode, and leaves nothing beside it', () => {
    const file = join(folder, 'cluster.yaml');
    writeFileSync(file, 'before');
    chmodSync(file, 0o640);
    replaceFile(file, 'after');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['after', 0o640]);
    expect(readdirSync(folder)).toEqual(['cluster.yaml']);
  });

  // An operator may keep cluster.yaml elsewhere; a file in place of the link would part the two without a word.
  test('that is a link stays one', () => {
    const file = join(folder, 'elsewhere.yaml');
    writeFileSync(file, 'before');
    symlinkSync('elsewhere.yaml', join(folder, 'cluster.yaml'));
    replaceFile(join(folder, 'cluster.yaml'), 'after');
    expect(lstatSync(join(folder, 'cluster.yaml')).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('after');
  });
});

// Who can open a socket there is logged in to the hosts.
describe('the folder of ssh sockets', () => {
  const of = (env: NodeJS.ProcessEnv, deployment = 'a') =>
    socketFolder(env, join(folder, deployment, 'known_hosts'));

  test('is made for its owner alone, found again, and that of one deployment', () => {
    const made = of({ XDG_RUNTIME_DIR: folder });
    for (const path of [made, dirname(made)]) expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(dirname(made)).toBe(join(folder, 'honeydue'));
    expect(of({ XDG_RUNTIME_DIR: folder })).toBe(made);
    expect(of({ XDG_RUNTIME_DIR: folder }, 'b')).not.toBe(made);
  });

  test('that others can open, or that is a link, is refused', () => {
    mkdirSync(join(folder, 'honeydue'), { mode: 0o755 });
    expect(() => of({ XDG_RUNTIME_DIR: folder })).toThrow(/not a folder that only you can open/);
    rmSync(join(folder, 'honeydue'), { recursive: true });
    symlinkSync(tmpdir(), join(folder, 'honeydue'));
    expect(() => of({ XDG_RUNTIME_DIR: folder })).toThrow(/not a folder that only you can open/);
  });

  // ssh adds a slash, 40 characters and, while it connects, 17 more.
  test.each([27, 28, 60])(
    'leaves room for the names of sockets when the system names a folder of %d',
    (length) => {
      const runtime = folder.padEnd(length, 'x');
      const made = of({ XDG_RUNTIME_DIR: runtime });
      rmSync(runtime, { recursive: true, force: true });
      expect(made.length + 1 + 40 + 17).toBeLessThanOrEqual(104);
    },
  );
});
