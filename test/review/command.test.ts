import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diffCommand } from '../../review/command.ts';
import { Repository } from './repository.ts';
import { dist } from './states.ts';

const with_ = (name: string, edit: (text: string) => string) =>
  new Map([...dist, [name, edit(dist.get(name) ?? '')] as const]);
const newImage = (tag: string) =>
  with_('40-api.k8s.yaml', (text) => text.replace('honeydue-api:237c6b8', `honeydue-api:${tag}`));

let repository: Repository;
beforeEach(() => {
  repository = new Repository();
  repository.write(dist);
  repository.commit('first');
});
afterEach(() => repository.remove());

const diff = (...args: string[]) => diffCommand(args, repository.folder);
const verdictOf = ({ out }: { out: string }) => out.split('\n')[0];

describe('what is compared', () => {
  test('what is not committed yet, too; nothing changed is said in one line', () => {
    expect(verdictOf(diff())).toBe('Merging this changes nothing.');
    repository.write(newImage('0000001'));
    expect(verdictOf(diff())).toBe('Merging this rolls pods (1).');
  });

  // main goes on while somebody works: its own changes are not his.
  test('where the branch left main, not where main is now', () => {
    repository.git('checkout', '-q', '-b', 'work');
    repository.write(newImage('0000001'));
    repository.commit('work');
    repository.git('checkout', '-q', 'main');
    repository.write(with_('42-admin.k8s.yaml', (text) => text.replace('replicas: 3', 'replicas: 4')));
    repository.commit('on main');
    repository.git('checkout', '-q', 'work');
    expect(verdictOf(diff())).toBe('Merging this rolls pods (1).');
    expect(diff().out).toContain('where this branch left the main branch: first');
    expect(diff('main').out).toContain('Deployment honeydue/admin');
  });

  test('a commit by any name; before there was a dist/, everything is new', () => {
    repository.git('tag', 'v1');
    repository.write(newImage('0000001'));
    repository.commit('second');
    expect(diff('v1').out).toContain('v1: first');
    expect(verdictOf(diff('HEAD'))).toBe('Merging this changes nothing.');
    const empty = repository
      .git('commit-tree', '-m', 'empty', repository.git('mktree', '--missing').trim())
      .trim();
    expect(
      JSON.parse(diff(empty, '--json').out).entries.every(
        ({ change }: { change: string }) => change === 'added',
      ),
    ).toBe(true);
  });

  test('a deleted file of dist/ is deleted objects', () => {
    repository.write(new Map([...dist].filter(([name]) => name !== '42-admin.k8s.yaml')));
    expect(diff().out).toMatch(/LEFT OVER[\s\S]*1\. deploy deletes Deployment honeydue\/admin/);
  });
});

describe('exit codes', () => {
  test('--fail-on fails on its classes only, also when another effect of the object is worse', () => {
    repository.write(newImage('0000001'));
    expect(diff('--fail-on', 'rolls-pods').code).toBe(1);
    expect(diff('--fail-on', 'loses-data,refused,interrupts').code).toBe(0);
    repository.write(
      with_('10-traefik.k8s.yaml', (text) => text.replace('edge.address=:80', 'edge.address=:81')),
    );
    expect(verdictOf(diff())).toBe('Merging this changes traffic (1), interrupts (1).');
    expect(diff('--fail-on', 'interrupts').code).toBe(1);
  });

  const bad: readonly (readonly [string, string[], string])[] = [
    ['a commit that is not there', ['v9'], 'v9: git knows no such commit; misspelt, or not fetched'],
    ['an option of git in place of a commit', ['--', '--output=x'], '--output=x: git knows no such commit'],
    ['two commits', ['main', 'HEAD'], 'one commit at most, not main, HEAD'],
    [
      'a class that does not exist',
      ['--fail-on', 'boom'],
      '--fail-on boom: no such class; classes are loses-data',
    ],
    ['an option that does not exist', ['--jsn'], "Unknown option '--jsn'"],
    ['two forms at once', ['--json', '--markdown'], '--json or --markdown, not both'],
  ];
  test.each(bad)('%s is 2, and says so', (_, args, message) => {
    const { code, out, err } = diff(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test('a main branch that is not there is 2, and so is a folder without git', () => {
    repository.git('branch', '-m', 'main', 'trunk');
    expect(diff()).toMatchObject({
      code: 2,
      err: expect.stringContaining('name a commit: npm run diff -- REF'),
    });
    const plain = mkdtempSync(join(tmpdir(), 'review-'));
    expect(diffCommand(['HEAD'], plain)).toMatchObject({
      code: 2,
      err: `${plain} is not in a git repository`,
    });
    rmSync(plain, { recursive: true });
  });
});

// Each would be applied wrongly, or not at all. All are told at once, each with its file and line.
test('a dist/ that cannot be read is 2, with every file and line', () => {
  repository.write(
    new Map([
      [
        '40-api.k8s.yaml',
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n',
      ],
      ['41-bad.yaml', 'kind: X\n---\na: 1\nb:\n  - x\n c: 3\n'],
      ['42-twice.yml', '---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n'],
      ['hosts/hetzner1.txt', 'nothing\n'],
      ['hosts/hetzner2.txt', 'hetzner3, in Kubernetes x: y\n'],
      ['README.md', 'kubectl does not read this'],
    ]),
  );
  const { code, err } = diff();
  expect(code).toBe(2);
  expect(err.split('\n')).toEqual([
    'dist/41-bad.yaml:1: not a Kubernetes object: apiVersion, metadata.name missing',
    'dist/41-bad.yaml:6: bad indentation of a mapping entry',
    'dist/hosts/hetzner1.txt:1: not the text of a host: its first line names none',
    'dist/hosts/hetzner2.txt:1: the text of host hetzner3',
    'dist/42-twice.yml:2: ConfigMap a stands twice, first in dist/40-api.k8s.yaml:1',
  ]);
});

test('what is wrong in the commit names the commit', () => {
  repository.write(new Map([['a.yaml', 'kind: [\n']]));
  repository.commit('broken');
  repository.write(dist);
  const hash = repository.git('rev-parse', '--short', 'HEAD').trim();
  expect(diff('HEAD').err).toContain(`${hash}:dist/a.yaml:`);
});

// An empty dist/ would read as: delete everything.
test('no manifest at all is 2', () => {
  repository.write(new Map());
  expect(diff()).toMatchObject({ code: 2, err: 'dist: no manifest in it; npm run synth writes them' });
});

test('as JSON it is the whole report; as a comment it warns that merging is a deploy', () => {
  repository.write(newImage('0000001'));
  const json = JSON.parse(diff('--json').out);
  expect(json).toMatchObject({
    verdict: 'Merging this rolls pods (1).',
    impact: 'rolls pods',
    prune: { deletions: [], kept: [] },
  });
  expect(json.entries[0].differences).toContainEqual({
    path: 'spec.template.spec.containers[api].image',
    before: 'gitea.treytartt.com/admin/honeydue-api:237c6b8',
    after: 'gitea.treytartt.com/admin/honeydue-api:0000001',
  });
  expect(diff('--markdown').out).toContain('merging it is a deploy');
});

test('the program itself prints, colours nothing in a pipe, and ends with the code', () => {
  repository.write(newImage('0000001'));
  const program = join(__dirname, '../..');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(program, 'tools/run.mjs'), join(program, 'review/diff.ts'), '--fail-on', 'rolls-pods'],
    { cwd: repository.folder, encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toMatch(/^Merging this rolls pods \(1\)\.\n/);
});
