import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program as an operator runs it. Each test has a folder of its own and never touches the real dist/. */
const root = join(__dirname, '../..');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'synth-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function synth(args: string[], env: Record<string, string> = {}) {
  const result = spawnSync(process.execPath, ['tools/run.mjs', 'main.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_OUTDIR: undefined, NO_COLOR: '1', ...env },
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

const out = () => join(folder, 'dist');
const edited = (from: string, to: string) => {
  const file = join(folder, 'cluster.yaml');
  const text = readFileSync(join(root, 'cluster.yaml'), 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return file;
};
const contents = (dir: string) =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(dir, name)).isFile())
    .map((name) => [name, readFileSync(join(dir, name), 'utf8')]);

test('names every file and every object that is new', () => {
  const { code, stdout } = synth(['--out', out()]);
  expect(code).toBe(0);
  expect(stdout).toContain('40-api.k8s.yaml');
  expect(stdout).toContain('  + Deployment honeydue/api\n');
});

test('a second run changes nothing, not even the time of a file, so tools that watch files stay quiet', () => {
  synth(['--out', out()]);
  const before = statSync(out());
  const { stdout } = synth(['--out', out()]);
  expect(stdout).toContain('Nothing changed.');
  expect([statSync(out()).ino, statSync(out()).mtimeMs]).toEqual([before.ino, before.mtimeMs]);
});

describe('--check', () => {
  test('of a folder that is up to date says so', () => {
    cpSync(join(root, 'dist'), out(), { recursive: true });
    expect(synth(['--check', '--out', out()])).toMatchObject({
      code: 0,
      stdout: `${out()}/ is what cluster.yaml renders.\n`,
    });
  });

  // Provisioning stops at it: what was reviewed must be what is applied.
  test('names what is stale, missing or too many, ends with 1 and writes nothing', () => {
    cpSync(join(root, 'dist'), out(), { recursive: true });
    rmSync(join(out(), '20-config.k8s.yaml'));
    writeFileSync(join(out(), 'hosts/hetzner9.txt'), 'a server that is gone\n');
    const before = contents(out());
    const config = edited('honeydue-api:237c6b8', 'honeydue-api:0000001');
    const { code, stdout } = synth(['--check', '--config', config, '--out', out()]);
    expect([code, stdout]).toEqual([
      1,
      `${out()}/ is not what ${config} renders:
  + 20-config.k8s.yaml
  ~ 40-api.k8s.yaml
  - hosts/hetzner9.txt
Run npm run synth, read git diff dist/, commit both.
`,
    ]);
    expect(contents(out())).toEqual(before);
    const { stale } = JSON.parse(synth(['--check', '--json', '--config', config, '--out', out()]).stdout);
    expect(stale).toContainEqual({ change: 'changed', file: '40-api.k8s.yaml' });
  });

  test('of a folder that is not there writes none', () => {
    expect(synth(['--check', '--out', out()]).code).toBe(1);
    expect(existsSync(out())).toBe(false);
  });
});

test('says which objects an edit changes, before anybody applies it', () => {
  cpSync(join(root, 'dist'), out(), { recursive: true });
  const config = edited('honeydue-api:237c6b8', 'honeydue-api:0000001');
  const { stdout } = synth(['--config', config, '--out', out(), '--json']);
  const { changes, hostChanges } = JSON.parse(stdout);
  expect(changes).toEqual([{ change: 'changed', object: 'Deployment honeydue/api' }]);
  expect(hostChanges).toEqual([]);
});

test('an edit that is about the servers alone names their files, as no object tells of it', () => {
  cpSync(join(root, 'dist'), out(), { recursive: true });
  writeFileSync(join(out(), 'hosts/hetzner9.txt'), 'a server that is gone\n');
  const config = edited('kubernetesAPI: []', 'kubernetesAPI: [198.51.100.7/32]');
  const { stdout } = synth(['--config', config, '--out', out()]);
  expect(stdout).toContain(`
No object changed.

On the servers, by the next provisioning:
  ~ hosts/hetzner1.txt
  ~ hosts/hetzner2.txt
  ~ hosts/hetzner3.txt
  - hosts/hetzner9.txt
`);
  expect(readdirSync(join(out(), 'hosts'))).toEqual(['hetzner1.txt', 'hetzner2.txt', 'hetzner3.txt']);
});

test('removes the file of a chart that is gone, which kubectl would go on applying, and names its objects', () => {
  cpSync(join(root, 'dist'), out(), { recursive: true });
  const old = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: old\n  namespace: honeydue\n';
  writeFileSync(join(out(), '60-old.k8s.yaml'), old);
  const { stdout } = synth(['--out', out()]);
  expect(existsSync(join(out(), '60-old.k8s.yaml'))).toBe(false);
  expect(stdout).toContain('  - ConfigMap honeydue/old');
});

test('a mistake in cluster.yaml leaves dist/ as it was', () => {
  cpSync(join(root, 'dist'), out(), { recursive: true });
  const before = contents(out());
  const config = edited('replicas: 1 # always', 'replicas: 2 # always');
  const { code, stdout, stderr } = synth(['--config', config, '--out', out()]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /cluster\.yaml:\d+:\d+: workloads\.worker\.replicas: found 2; allowed: 1: .*\nNothing was written\.\n$/,
  );
  expect(contents(out())).toEqual(before);
});

test('refuses a folder that holds anything else: --out with a slip must not empty a home folder', () => {
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const { code, stderr } = synth(['--out', folder]);
  expect(code).toBe(1);
  expect(stderr).toContain(`${join(folder, 'notes.txt')}: not written by synth`);
  expect(readdirSync(folder)).toEqual(['notes.txt']);
});

test('the same in the folder of the hosts', () => {
  cpSync(join(root, 'dist'), out(), { recursive: true });
  writeFileSync(join(out(), 'hosts/notes.md'), 'mine');
  const { code, stderr } = synth(['--out', out()]);
  expect(code).toBe(1);
  expect(stderr).toContain(`${join(out(), 'hosts/notes.md')}: not written by synth`);
});

test('a run that was cut off between its two renames is repaired by the next', () => {
  cpSync(join(root, 'dist'), `${out()}.old`, { recursive: true });
  const { code, stdout } = synth(['--out', out()]);
  expect(code).toBe(0);
  expect(stdout).toContain('Nothing changed.');
  expect(readdirSync(folder)).toEqual(['dist']);
});

test('variables of cdk8s left in a shell do not reorder or add files', () => {
  synth(['--out', out()], {
    CDK8S_DISABLE_SORT: '1',
    CDK8S_RECORD_CONSTRUCT_METADATA: 'true',
    CDK8S_LEGACY_HASH: '1',
  });
  expect(contents(out())).toEqual(contents(join(root, 'dist')));
});

test('needs no secret, no home and no network', () => {
  const { code } = synth(['--out', out()], { HOME: '/nonexistent', HTTPS_PROXY: 'http://127.0.0.1:9' });
  expect(code).toBe(0);
});

test.each([
  [['--confg', 'x'], "Unknown option '--confg'"],
  [['extra'], "Unexpected argument 'extra'"],
  [['--config', 'missing.yaml'], 'missing.yaml: cannot be read'],
])('%j is refused in a sentence, without a stack trace', (args, message) => {
  const { code, stderr } = synth(args);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
});

test('--help shows every flag with an example and writes nothing', () => {
  const { code, stdout } = synth(['--help', '--out', out()]);
  expect(code).toBe(0);
  for (const flag of ['--config', '--out', '--json', 'Examples:']) expect(stdout).toContain(flag);
  expect(existsSync(out())).toBe(false);
});
