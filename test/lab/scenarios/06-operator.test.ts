import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDir, waitFor } from '../lab.ts';
import { asOperator, startAsOperator } from '../operator/operator.ts';
import { processesOfLab } from '../testing/traces.ts';

// Provisioning is run and cut off through this: a program that got away, or that read this machine's own ssh keys,
// would make those scenarios prove something else.

const folder = mkdtempSync(join(tmpdir(), 'operator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bash = (script: string) => ['bash', '-c', script];

test('a program gets its folder, environment and standard input, and its exit code comes back', async () => {
  const script = 'pwd; cat; echo "$GIVEN; $HOME"; printenv FOREIGN; echo warned >&2; exit 7';
  process.env.FOREIGN = 'of this process';
  const env = { GIVEN: 'two words' };
  const answer = await asOperator(bash(script), { cwd: folder, env, input: 'typed\n' });
  delete process.env.FOREIGN;
  expect(answer).toEqual({
    stdout: `${folder}\ntyped\ntwo words; ${join(runDir(), 'operator')}\n`,
    stderr: 'warned\n',
    exitCode: 7,
  });
});

test('ssh uses the lab key and reads nothing of this machine; kubectl is there; names of the lab resolve', async () => {
  const home = join(runDir(), 'operator');
  const said = await asOperator(
    bash(
      'ssh -G hetzner1; kubectl version --client; getent ahostsv4 api.lab | head -1; ip -br addr show eth0',
    ),
  );
  expect(said.stdout).toContain(`identityfile ~/.ssh/id_ed25519\n`);
  expect(said.stdout).toContain(`userknownhostsfile ${home}/.ssh/known_hosts`);
  expect(said.stdout).toContain('Client Version: v1.34.');
  expect(said.stdout).toMatch(/^203\.0\.113\.2 /m);
  expect(said.stdout).toContain('192.0.2.10/25');
});

test('Ctrl-C reaches the program and its foreground child, and what it prints then is seen', async () => {
  const pieces: string[] = [];
  const script = 'trap "echo stopped by the operator; exit 130" INT; echo started; sleep 300 & wait';
  const run = await startAsOperator(bash(`sleep 301 & ${script}`), { onOutput: (text) => pieces.push(text) });
  await waitFor('the program to start', () => run.printed().includes('started'), { timeoutMs: 10_000 });
  run.interrupt();
  expect(await run.ended).toMatchObject({ exitCode: 130, stdout: 'started\nstopped by the operator\n' });
  expect(pieces.join('')).toBe('started\nstopped by the operator\n');
});

test('killed half-way, nothing that it started goes on, not even in the background', async () => {
  const before = processesOfLab().length;
  const run = await startAsOperator(bash('setsid sleep 300 & echo started; sleep 300; echo too late'));
  await waitFor('the program to start', () => run.printed() === 'started\n', { timeoutMs: 10_000 });
  expect(processesOfLab().length).toBe(before + 3);
  await run.kill();
  expect(await run.ended).toMatchObject({ exitCode: 137, stdout: 'started\n' });
  expect(processesOfLab().length).toBe(before);
});

test('what is left in the background does not hold up the answer; a deadline ends all of it', async () => {
  const before = processesOfLab().length;
  expect(await asOperator(bash('sleep 300 & echo done'))).toMatchObject({ exitCode: 0, stdout: 'done\n' });
  const slow = asOperator(bash('echo working; sleep 300'), { timeoutMs: 300 });
  await expect(slow).rejects.toThrow(/did not end within 0\.3 s; last output: working/);
  const onlyThatInTheBackground = () => processesOfLab().length === before + 1;
  await waitFor('the late program to end', onlyThatInTheBackground, { timeoutMs: 10_000 });
});
