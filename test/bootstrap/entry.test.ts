import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command as firewall, firewallSteps } from '../../bootstrap/src/commands/firewall.ts';
import { command as provision, provisionSteps } from '../../bootstrap/src/commands/provision.ts';
import { helpText, readFlags } from '../../bootstrap/src/frame/flags.ts';
import { testSite } from './site.ts';

/** The commands as an operator types them. A folder that is not the project's, as cluster.yaml may be anywhere. */

const root = join(__dirname, '../..');
const zx = join(root, 'node_modules/.bin/zx');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'entry-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(program: readonly string[], args: readonly string[]) {
  const [name = '', ...before] = program;
  const env = { PATH: process.env.PATH, HOME: folder };
  const { status, stdout, stderr } = spawnSync(name, [...before, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const scripts = { provision, firewall };

test.each(Object.entries(scripts))(
  '%s --help is the help of that command, by zx and by node alike',
  (name, command) => {
    const script = join(root, 'bootstrap', `${name}.mjs`);
    for (const program of [[zx], [process.execPath]]) {
      expect(run([...program, script], ['--help'])).toEqual({
        status: 0,
        stdout: helpText(command),
        stderr: '',
      });
    }
    expect(readdirSync(folder)).toEqual([]);
  },
);

describe.each([
  ['zx', [zx]],
  ['node', [process.execPath]],
] as const)('by %s', (_, program) => {
  const script = join(root, 'bootstrap/provision.mjs');

  test('a wrong option ends with 2', () => {
    const { status, stderr } = run([...program, script], ['--dryrun']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/did you mean --dry-run\?/)]);
  });

  // A slip in a path must not leave folders behind.
  test('a cluster.yaml that is not there ends with 1, in a sentence', () => {
    const { status, stderr } = run([...program, script], ['--config', 'slip/cluster.yaml', '--dry-run']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^slip\/cluster\.yaml: cannot be read: .*\nLog: /);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(readdirSync(folder)).toEqual(['.cache']);
  });
});

// A step that help does not name cannot be chosen by --only; one that does not run is a promise.
test('the steps that help names are the steps that run, in their order', async () => {
  const site = await testSite();
  const context = site.context();
  const names = (steps: readonly { readonly name: string }[]) => steps.map(({ name }) => name);
  expect(names(provisionSteps(context))).toEqual(names(provision.steps));
  const flags = readFlags(['--refresh-cloudflare'], firewall);
  expect(names(firewallSteps(context, flags, {}))).toEqual(names(firewall.steps));
});
