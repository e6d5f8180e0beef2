import { execFileSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { duration } from '../../bootstrap/src/frame/clock.ts';
import { type Command, FlagsError, helpText, readFlags } from '../../bootstrap/src/frame/flags.ts';
import { LockedError, takeLock } from '../../bootstrap/src/frame/lock.ts';
import { main, type Setup, type World } from '../../bootstrap/src/frame/main.ts';
import { planText } from '../../bootstrap/src/frame/plan-text.ts';
import { liveProgress } from '../../bootstrap/src/frame/progress.ts';
import { openRunLog } from '../../bootstrap/src/frame/run-log.ts';
import type { Change, Check, Step } from '../../bootstrap/src/frame/step.ts';
import { DeadlineError, NotYet, waitFor } from '../../bootstrap/src/frame/wait.ts';
import { redactor } from '../../bootstrap/src/secrets/redact.ts';
import { Secret } from '../../bootstrap/src/secrets/secret.ts';
import { testClock } from './clock.ts';

/** What every command of bootstrap does around its steps. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'frame-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const command: Command = {
  usage: 'zx bootstrap/provision.mjs',
  purpose: 'Makes three servers a cluster.',
  steps: [
    { name: 'servers', title: 'servers at Hetzner' },
    { name: 'hosts', title: 'hosts' },
  ],
  examples: [['--dry-run', 'see what it would do']],
};

/** A step over a set of words: what is missing is added. */
function wordStep(name: string, have: Set<string>, want: readonly string[], more: Partial<Step> = {}): Step {
  return {
    name,
    title: `the ${name}`,
    observe: async () => [...have],
    plan: () => ({
      changes: want
        .filter((word) => !have.has(word))
        .map((what): Change => ({ action: 'create', where: 'h1', what })),
      problems: [],
      notes: [],
    }),
    apply: async (changes) => {
      for (const { what } of changes) have.add(what);
    },
    ...more,
  };
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly log: string;
}

async function ran(
  args: string[],
  steps: readonly Step[] | ((setup: Setup) => readonly Step[]),
  world: Partial<World> = {},
  more: Partial<Command> = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await main(
    { ...command, ...more },
    args,
    (setup) => (typeof steps === 'function' ? steps(setup) : steps),
    {
      stdout: (text) => {
        out += text;
      },
      stderr: (text) => {
        err += text;
      },
      isTerminal: false,
      ask: async () => 'n',
      signals: signals(),
      folder: () => folder,
      ...world,
    },
  );
  const logs = join(folder, 'logs');
  const [file = ''] = args.includes('--help') || code === 2 ? [] : readdirSync(logs).sort().reverse();
  return { code, out, err, log: file ? readFileSync(join(logs, file), 'utf8') : '' };
}

function signals() {
  return Object.assign(new EventEmitter(), { exit: jest.fn() });
}

describe('a run', () => {
  test('applies what differs, verifies by looking again, and then has nothing to do', async () => {
    const have = new Set<string>();
    const steps = [wordStep('servers', have, ['a']), wordStep('hosts', have, ['a', 'b'])];
    const first = await ran(['--yes'], steps);
    expect([first.code, [...have]]).toEqual([0, ['a', 'b']]);
    expect(first.out).toMatch(
      /^\S+Z the servers: look\n\S+Z the servers: look: 1 change \(\d+ ms\)\ncreate {2}h1 {2}a\n/,
    );
    expect(first.out).toMatch(/the hosts: apply: 1 change made and verified/);
    const second = await ran(['--yes'], steps);
    expect([second.code, second.out]).toEqual([
      0,
      expect.stringMatching(/Nothing to do: all is as it should be\.\n$/),
    ]);
  });

  test('--dry-run changes nothing, takes no lock, and says what cannot be seen yet', async () => {
    const have = new Set<string>();
    const unseen = wordStep('hosts', have, [], {
      observe: async () => {
        throw new NotYet('the servers do not exist');
      },
    });
    takeLock(join(folder, 'lock'), 'another run');
    const { code, out } = await ran(['--dry-run'], [wordStep('servers', have, ['a', 'b']), unseen]);
    expect([code, have.size]).toEqual([0, 0]);
    expect(out).toMatch(/cannot be seen yet: the servers do not exist/);
    expect(out).toMatch(/2 changes planned, none made\. What hosts would do cannot be seen before that\./);
  });

  test('--only runs the named steps, in their order', async () => {
    const have = new Set<string>();
    const steps = ['servers', 'hosts'].map((name) => wordStep(name, have, [name]));
    await ran(['--yes', '--only', 'hosts'], steps);
    expect([...have]).toEqual(['hosts']);
  });

  test('problems are shown all at once and stop it before anything is changed', async () => {
    const have = new Set<string>();
    const plan = () => ({
      changes: [{ action: 'create', where: 'h1', what: 'a' } as const],
      problems: ['one is wrong', 'two is wrong'],
      notes: ['three is odd'],
    });
    const { code, out, err } = await ran(
      ['--yes'],
      [wordStep('servers', have, ['a'], { plan }), wordStep('hosts', have, ['b'])],
    );
    expect([code, have.size]).toEqual([1, 0]);
    expect(out).toMatch(/problem {2}one is wrong\nproblem {2}two is wrong\nnote {5}three is odd/);
    expect(err).toMatch(
      /servers: 2 problems, nothing was changed\.\nTo continue, run it again: zx bootstrap\/provision\.mjs --yes\nLog: /,
    );
  });

  // A step that believes itself is how half-made clusters are reported as done.
  test('a step whose changes do not show afterwards has failed', async () => {
    const { code, err } = await ran(
      ['--yes'],
      [wordStep('hosts', new Set(), ['a'], { apply: async () => {} })],
    );
    expect(code).toBe(1);
    expect(err).toMatch(/hosts: it was applied, and this is still not as it should be:\ncreate {2}h1 {2}a/);
  });

  test('without --yes it asks; without anybody to ask it stops', async () => {
    const have = new Set<string>();
    const steps = [wordStep('servers', have, ['a'])];
    expect((await ran([], steps)).err).toMatch(/Add --yes, or --dry-run/);
    const asked: string[] = [];
    const world = (answer: string): Partial<World> => ({
      isTerminal: true,
      ask: async (question) => {
        asked.push(question);
        return answer;
      },
    });
    await shownBy(async () => {
      expect((await ran([], steps, world(''))).err).toMatch(/not confirmed, nothing was changed/);
      expect(have.size).toBe(0);
      expect((await ran([], steps, world('y'))).code).toBe(0);
    });
    expect([asked[0], have.size]).toEqual(['the servers: make 1 change? [y/N] ', 1]);
  });

  // Whoever is asked about every trifle says yes without reading.
  test('what comes to little is made without a question; else the question says what it comes to', async () => {
    const have = new Set<string>();
    const reviewed = (asks: boolean): Step => {
      const step = wordStep('servers', have, ['a']);
      const review = { verdict: 'This interrupts (1).', text: () => 'THE REPORT', asks };
      return { ...step, plan: (observed) => ({ ...step.plan(observed), review }) };
    };
    expect((await ran([], [reviewed(true)])).err).toMatch(/Add --yes, or --dry-run/);
    expect(have.size).toBe(0);
    const { code, out } = await ran([], [reviewed(false)]);
    expect([code, have.size]).toEqual([0, 1]);
    expect(out).toMatch(/THE REPORT\n\ncreate {2}h1 {2}a\n/);

    have.clear();
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return 'y';
    };
    await shownBy(async () => {
      await ran([], [reviewed(true)], { isTerminal: true, ask });
    });
    expect(asked).toEqual(['This interrupts (1). the servers: make 1 change? [y/N] ']);
  });

  test('--json prints one document, and everything else goes to standard error', async () => {
    const { out, err } = await ran(['--yes', '--json'], [wordStep('servers', new Set(), ['a'])]);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      steps: [{ step: 'servers', outcome: 'changed', changes: [{ what: 'a' }] }],
    });
    expect(err).toMatch(/the servers: apply/);
    const failing = wordStep('servers', new Set(), ['a'], { apply: () => Promise.reject(new Error('no')) });
    expect(JSON.parse((await ran(['--yes', '--json'], [failing])).out)).toMatchObject({
      ok: false,
      error: 'no',
    });
  });

  // A script that only learned how many there are would have to read the log.
  test('--json names the problems that stopped it', async () => {
    const plan = () => ({ changes: [], problems: ['one is wrong', 'two is wrong'], notes: [] });
    const { out } = await ran(['--json'], [wordStep('servers', new Set(), [], { plan })]);
    expect(JSON.parse(out)).toMatchObject({ ok: false, problems: ['one is wrong', 'two is wrong'] });
  });

  describe('of a step that only looks', () => {
    const looking = (...states: Check['state'][]): Step => ({
      name: 'verify',
      title: 'the site',
      observe: async () => states,
      plan: () => ({
        changes: [],
        problems: [],
        notes: [],
        checks: states.map((state) => ({ name: `is it ${state}?`, state, evidence: 'seen' })),
      }),
      apply: async () => {},
    });

    test('shows what it found as a table, and is content with warnings', async () => {
      const { code, out } = await ran([], [looking('ok', 'warning')]);
      expect(code).toBe(0);
      expect(out).toMatch(
        /look: 1 ok, 1 warning \(.*\nok {7}is it ok\? {7}seen\nwarning {2}is it warning\? {2}seen\n/,
      );
    });

    test('ends with code 1 when a check failed; --json tells all of them all the same', async () => {
      const { code, out } = await ran(['--json'], [looking('ok', 'failed')]);
      expect(code).toBe(1);
      expect(JSON.parse(out)).toMatchObject({
        ok: false,
        error: 'verify: 1 of 2 checks failed.',
        checks: [{ state: 'ok' }, { name: 'is it failed?', state: 'failed', evidence: 'seen' }],
      });
    });

    // While something goes wrong in a run that holds the lock, one wants to look.
    test('does not wait for a run that changes things, and has nothing to confirm', async () => {
      takeLock(join(folder, 'lock'), 'another run');
      const looks = { looks: true };
      expect((await ran([], [looking('ok')], {}, looks)).code).toBe(0);
      expect((await ran(['--dry-run'], [looking('ok')], {}, looks)).err).toMatch(/unknown option --dry-run/);
    });
  });

  test('Ctrl-C ends it after what is under way, says how to continue, and frees the lock', async () => {
    const have = new Set<string>();
    const bus = signals();
    const first = wordStep('servers', have, ['a'], {
      apply: async (changes) => {
        bus.emit('SIGINT');
        for (const { what } of changes) have.add(what);
      },
    });
    const steps = [first, wordStep('hosts', have, ['b'])];
    const { code, err } = await ran(['--yes'], steps, { signals: bus });
    expect([code, [...have]]).toEqual([130, ['a']]);
    expect(err).toMatch(/Ctrl-C again stops at once[\s\S]*Stopped by Ctrl-C\.\nTo continue, run it again/);
    expect(bus.listenerCount('SIGINT')).toBe(0);
    expect((await ran(['--yes'], steps)).code).toBe(0);
  });

  test('the second Ctrl-C does not wait', async () => {
    const bus = signals();
    const apply = async () => {
      bus.emit('SIGINT');
      bus.emit('SIGINT');
      expect(bus.exit).toHaveBeenCalledWith(130);
    };
    await ran(['--yes'], [wordStep('servers', new Set(), ['a'], { apply })], { signals: bus });
    expect(bus.exit).toHaveBeenCalledTimes(1);
  });

  test('a secret in what a step says, shows or throws is in neither the log nor the error', async () => {
    const canary = 'canary-0123456789';
    const steps = ({ setRedact }: Setup) => {
      setRedact(redactor([new Secret(canary)]));
      return [
        wordStep('servers', new Set(), ['a'], {
          apply: async (_, __, { say }) => {
            say(`sent ${canary} and ${Buffer.from(canary).toString('base64')}`);
            throw new Error(`kubectl: ${canary} is no good`);
          },
        }),
      ];
    };
    const { err, log } = await ran(['--yes'], steps);
    expect(log).toMatch(/sent \[redacted\] and \[redacted\]\n/);
    expect(log).toMatch(/kubectl: \[redacted\] is no good/);
    expect(`${err}${log}`).not.toMatch(/canary|Y2FuYXJ5/);
  });
});

/** What goes to the terminal meanwhile. */
async function shownBy(work: () => Promise<void>): Promise<string> {
  const shown: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      shown.push(String(text));
      return true;
    }),
  );
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return shown.join('');
}

test('a live list shows the work, its result, and lets errors pass', async () => {
  const shown = await shownBy(async () => {
    const progress = liveProgress(() => {});
    const value = await progress.during('servers: look', async (say) => {
      say('listing');
      return { value: 42, summary: 'nothing to do' };
    });
    expect(value).toBe(42);
    const failing = progress.during('x', () => Promise.reject(new DeadlineError('no')));
    await expect(failing).rejects.toBeInstanceOf(DeadlineError);
  });
  expect(shown).toContain('servers: look: nothing to do');
});

describe('the lock', () => {
  const file = () => join(folder, 'state', 'lock');

  test('names its holder, since when, for what, and how to release it', () => {
    const lock = takeLock(file(), 'zx bootstrap/provision.mjs --yes', new Date('2026-11-24T10:00:00Z'));
    expect(() => takeLock(file(), 'another')).toThrow(LockedError);
    expect(() => takeLock(file(), 'another')).toThrow(
      new RegExp(
        `on ${hostname()} has been running "zx bootstrap/provision.mjs --yes" \\(process ${process.pid}\\) since 2026-11-24T10:00:00.000Z.*rm ${file()}`,
      ),
    );
    lock.release();
    takeLock(file(), 'another').release();
    expect(readdirSync(join(folder, 'state'))).toEqual([]);
  });

  const held = (holder: object) => {
    takeLock(file(), 'x').release();
    writeFileSync(
      file(),
      JSON.stringify({ id: 'x', user: 'ann', host: hostname(), since: 'then', command: 'c', ...holder }),
    );
  };

  /** Of a process that has ended. */
  const deadPid = () => Number(execFileSync(process.execPath, ['-p', 'process.pid']).toString());

  test('of a run that was killed is taken over', () => {
    held({ pid: deadPid() });
    takeLock(file(), 'next').release();
  });

  test('of another machine is not: nobody knows whether that run lives', () => {
    held({ pid: deadPid(), host: 'elsewhere' });
    expect(() => takeLock(file(), 'next')).toThrow(/ann on elsewhere/);
  });

  test('that somebody released by hand and another run took is left alone by the first run', () => {
    const first = takeLock(file(), 'first');
    rmSync(file());
    const second = takeLock(file(), 'second');
    first.release();
    expect(() => takeLock(file(), 'third')).toThrow(/"second"/);
    second.release();
  });
});

test('the log file is the owner’s alone, and every line has its time', () => {
  const log = openRunLog(join(folder, 'logs'), 'provision', {
    now: () => Date.parse('2026-11-24T10:00:00Z'),
  });
  log.write('one\ntwo');
  log.close();
  expect(log.file).toMatch(/2026-11-24T10-00-00\.000Z-provision\.log$/);
  expect(statSync(log.file).mode & 0o777).toBe(0o600);
  expect(readFileSync(log.file, 'utf8')).toBe('2026-11-24T10:00:00.000Z one\n2026-11-24T10:00:00.000Z two\n');
});

describe('waiting', () => {
  const wait = { what: 'etcd on hetzner2', deadline: 60_000, advice: 'See journalctl -u k3s on it.' };

  test('ends with what was waited for, what was seen last, and what to do', async () => {
    const clock = testClock();
    let looks = 0;
    const look = async () => {
      looks += 1;
      throw new NotYet(`learner, look ${looks}`);
    };
    const error: unknown = await waitFor({ ...wait, clock, look }).catch((reason: unknown) => reason);
    expect(error).toEqual(
      new DeadlineError(
        `Gave up after 1 min waiting for etcd on hetzner2.\nLast seen: learner, look ${looks}\nSee journalctl -u k3s on it.`,
      ),
    );
    expect(clock.pauses.reduce((sum, ms) => sum + ms)).toBe(60_000);
    expect(Math.max(...clock.pauses)).toBe(5000);
  });

  test('goes on after an error, ends at one that is final, and at Ctrl-C', async () => {
    const clock = testClock();
    const answers = [() => Promise.reject(new Error('refused')), async () => undefined, async () => 'there'];
    const look = () => (answers.shift() ?? (() => Promise.reject(new Error('too often'))))();
    expect(await waitFor({ ...wait, clock, look })).toBe('there');
    const final = new Error('wrong certificate');
    const options = { ...wait, clock, look: () => Promise.reject(final) };
    await expect(waitFor({ ...options, isFinal: (error) => error === final })).rejects.toBe(final);
    expect(clock.pauses).toHaveLength(2);
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(waitFor({ ...options, signal: stopped })).rejects.toThrow('stopped');
  });

  test.each([
    [450, '450 ms'],
    [3200, '3.2 s'],
    [9960, '10 s'],
    [59_400, '59 s'],
    [90_000, '1 min 30 s'],
    [7_500_000, '2 h 5 min'],
  ])('%d ms is said as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

test('a plan is a table, and files are shown as differences', () => {
  const changes: Change[] = [
    { action: 'create', where: 'hetzner1', what: 'user deploy', detail: 'with sudo' },
    {
      action: 'change',
      where: 'hetzner2',
      what: 'file /etc/a',
      file: { before: 'one\ntwo\n', after: 'one\nthree\n' },
    },
    { action: 'restart', where: 'hetzner2', what: 'ssh' },
  ];
  expect(planText({ changes, problems: [], notes: [] }, false)).toBe(
    [
      'create   hetzner1  user deploy  with sudo',
      'change   hetzner2  file /etc/a',
      'restart  hetzner2  ssh',
      '',
      '--- hetzner2: file /etc/a, now',
      '+++ hetzner2: file /etc/a, then',
      '@@ -1,2 +1,2 @@',
      ' one',
      '-two',
      '+three',
    ].join('\n'),
  );
  expect(planText({ changes: [], problems: [], notes: [] }, false)).toBe('');
});

// Three hosts with sixty lines each are not read at night; one that differs must still stand out.
test('what is the same on several hosts is said once', () => {
  const of = (where: string, after: string): Change => ({
    action: 'change',
    where,
    what: 'file /etc/a',
    file: { before: '', after },
  });
  const text = planText({
    changes: [of('hetzner1', 'x\n'), of('hetzner2', 'y\n'), of('hetzner3', 'x\n')],
    problems: [],
    notes: [],
  });
  expect(text.split('\n').slice(0, 2)).toEqual([
    'change  hetzner1, hetzner3  file /etc/a',
    'change  hetzner2            file /etc/a',
  ]);
  expect(text.match(/^\+x$/gm)).toHaveLength(1);
});

describe('flags', () => {
  test('have defaults, and are read', () => {
    expect(readFlags([], command)).toEqual({
      dryRun: false,
      only: undefined,
      config: 'cluster.yaml',
      yes: false,
      json: false,
      help: false,
      own: [],
      named: [],
    });
    const args = [
      '--dry-run',
      '--only',
      'servers, hosts',
      '--only=hosts',
      '--config',
      'lab.yaml',
      '--yes',
      '--json',
    ];
    expect(readFlags(args, command)).toMatchObject({
      dryRun: true,
      only: ['servers', 'hosts', 'hosts'],
      config: 'lab.yaml',
      yes: true,
      json: true,
    });
  });

  test('that are wrong are all named, with what was meant', () => {
    const args = ['--dryrun', '--only', 'server,nothing', '--yes=1', '--config', 'now'];
    expect(() => readFlags([...args, 'stray'], command)).toThrow(
      new FlagsError(
        [
          'unknown option --dryrun; did you mean --dry-run?',
          '--yes takes no value',
          'unexpected argument stray',
          'unknown step server; did you mean servers?; steps are servers, hosts',
          'unknown step nothing; steps are servers, hosts',
          'See zx bootstrap/provision.mjs --help.',
        ].join('\n'),
      ),
    );
    expect(() => readFlags(['--only', 'x'], { ...command, steps: [] })).toThrow(/unknown option --only/);
    expect(() => readFlags(['--config'], command)).toThrow(/--config needs a value/);
  });

  test('of one command are its own: others do not know them', () => {
    const with2 = { ...command, own: { 'refresh-ranges': 'fetch them' } };
    expect(readFlags(['--refresh-ranges', '--yes'], with2)).toMatchObject({
      own: ['refresh-ranges'],
      yes: true,
    });
    expect(helpText(with2)).toMatch(/--refresh-ranges +fetch them/);
    expect(() => readFlags(['--refresh-ranges'], command)).toThrow(/unknown option --refresh-ranges/);
    expect(() => readFlags(['--refresh-range'], with2)).toThrow(/did you mean --refresh-ranges/);
    expect(() => readFlags(['--refresh-ranges=yes'], with2)).toThrow(/takes no value/);
  });

  test('of one command that name something are read as often as they are given', () => {
    const named = { option: 'delete', value: 'NAME', does: 'delete it' };
    const args = ['--delete', 'Secret honeydue/a', '--delete=Namespace b', '--yes'];
    expect(readFlags(args, { ...command, named })).toMatchObject({
      named: ['Secret honeydue/a', 'Namespace b'],
      yes: true,
    });
    expect(helpText({ ...command, named })).toMatch(/--delete NAME +delete it/);
    expect(() => readFlags(['--delete'], { ...command, named })).toThrow(/--delete needs a value/);
    expect(() => readFlags(args, command)).toThrow(/unknown option --delete/);
  });

  test('a wrong one ends with code 2, --help with 0, and neither starts anything', async () => {
    const steps = () => {
      throw new Error('started');
    };
    expect(await ran(['--nope'], steps)).toMatchObject({ code: 2, out: '' });
    expect(await ran(['--help'], steps)).toMatchObject({ code: 0, out: helpText(command) });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('the help names every option, step and example', () => {
    expect(helpText(command)).toMatch(
      /Makes three[\s\S]*Usage: zx bootstrap\/provision\.mjs \[OPTIONS\][\s\S]*--dry-run +show[\s\S]*Steps:\n {2}servers +servers at Hetzner[\s\S]*Examples:\n {2}zx bootstrap\/provision\.mjs --dry-run +see what/,
    );
  });
});
