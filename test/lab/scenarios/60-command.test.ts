import { join } from 'node:path';
import { ACTS_FOR } from '../core/lock.ts';
import { labSources } from '../core/paths.ts';
import { type ExecResult, isAlive, run } from '../core/process.ts';
import { remains } from '../core/sweep.ts';
import { PRODUCTION_HOSTS, startLab, stopLab } from '../lab.ts';
import { processesOfLab, traces } from '../testing/traces.ts';

/** `npm run lab -- WORDS`, allowed to use the lab that this run has locked. */
function lab(words: readonly string[], timeoutMs: number): Promise<ExecResult> {
  const argv = [process.execPath, '--import', 'tsx', join(labSources, 'cli.ts'), ...words];
  return run(argv, { timeoutMs, env: { [ACTS_FOR]: String(process.pid) } });
}

// The command needs the machine's lab for itself: the scenarios' own one makes room, and comes back afterwards.
beforeAll(async () => {
  await stopLab();
  expect(await traces()).toEqual([]);
});

afterAll(async () => {
  await stopLab();
  process.env[ACTS_FOR] = String(process.pid);
  await startLab('npm run test:lab');
  delete process.env[ACTS_FOR];
});

test('up: three Ready nodes that vote, from the cache; how long it took is printed', async () => {
  const { stdout, stderr, exitCode } = await lab(['up'], 240_000);
  expect([exitCode, stderr]).toEqual([0, '']);
  for (const { hostname } of PRODUCTION_HOSTS)
    expect(stdout).toMatch(new RegExp(`${hostname} +yes +yes +v1\\.34\\.\\d+\\+`));
  process.stderr.write(`${stdout}\n`);
}, 250_000);

test('status names every service, and each runs', async () => {
  const { stdout, exitCode } = await lab(['status'], 60_000);
  expect(exitCode).toBe(0);
  for (const name of ['apt', 'cloud', 'dns', 'front', 'mail', 'obs', 'registry', 'releases'])
    expect(stdout).toMatch(new RegExp(`^${name} +runs`, 'm'));
});

test('kubectl, exec, ssh and the cloud API work', async () => {
  expect((await lab(['kubectl', 'get', '--raw', '/readyz'], 60_000)).stdout).toBe('ok');
  expect((await lab(['exec', 'hetzner2', 'hostname'], 60_000)).stdout).toBe('ubuntu-8gb-nbg1-1\n');
  // Several words are kept as they are, a single one is a script.
  for (const place of [
    ['exec', 'hetzner2'],
    ['from', 'internet'],
  ]) {
    expect((await lab([...place, 'printf', '%s|', "it's", 'a  b', '$HOME'], 60_000)).stdout).toBe(
      "it's|a  b|$HOME|",
    );
    expect((await lab([...place, 'echo one two | wc -w'], 60_000)).stdout).toBe('2\n');
  }
  expect((await lab(['ssh', 'hetzner3', 'hostname'], 60_000)).stdout).toBe('ubuntu-8gb-nbg1-3\n');
  const words = [
    'curl',
    '-s',
    '-H',
    'Authorization: Bearer lab-cloud-token',
    'http://api.lab:8081/v1/servers',
  ];
  const servers = JSON.parse((await lab(['from', 'services', ...words], 60_000)).stdout) as {
    servers: { name: string }[];
  };
  expect(servers.servers.map(({ name }) => name).sort()).toEqual(
    PRODUCTION_HOSTS.map(({ hostname }) => hostname).sort(),
  );
});

test('a second up is refused while the lab runs', async () => {
  const { exitCode, stderr } = await lab(['up'], 60_000);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/it is up already/);
});

test('down leaves no process, mount, namespace, link or folder', async () => {
  const running = processesOfLab();
  expect(running.length).toBeGreaterThan(30);
  expect(await traces()).not.toEqual([]);
  const { exitCode, stdout } = await lab(['down'], 120_000);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/nothing is left/)]);
  expect(running.filter(isAlive)).toEqual([]);
  expect(await traces()).toEqual([]);
  expect(remains()).toEqual([]);
}, 130_000);
