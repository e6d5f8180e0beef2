import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import type { Redact } from '../secrets/redact.ts';
import { realClock } from './clock.ts';
import { type Command, type Flags, FlagsError, helpText, readFlags } from './flags.ts';
import { EXIT_INTERRUPTED, Interrupted, interruptible, type Signals } from './interrupt.ts';
import { takeLock } from './lock.ts';
import { liveProgress, type Progress, plainProgress } from './progress.ts';
import { runSteps, StepError, type StepResult } from './run.ts';
import { openRunLog } from './run-log.ts';
import type { Run, Step } from './step.ts';

/** What a command makes its steps with. */
export interface Setup extends Run {
  readonly flags: Flags;
  /** Blacks out values in the log file and in errors, from now on. */
  readonly setRedact: (redact: Redact) => void;
}

/** The world around a command; tests bring their own. */
export interface World {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** A person is there who can see a live list and answer. */
  readonly isTerminal: boolean;
  readonly ask: (question: string, signal: AbortSignal) => Promise<string>;
  readonly signals: Signals;
  /** For the lock and the logs of a deployment. Nothing of it belongs in git. */
  readonly folder: (config: string) => string;
}

/** The real one. Lock and logs are beside cluster.yaml: who runs from another folder meets the same lock. */
export function realWorld(): World {
  return {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
    ask: async (question, signal) => {
      const terminal = createInterface({ input: process.stdin, output: process.stdout });
      // While it asks, Ctrl-C comes to it and to nobody else.
      terminal.on('SIGINT', () => process.emit('SIGINT'));
      try {
        return await terminal.question(question, { signal });
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        terminal.close();
      }
    },
    signals: process,
    folder: (config) => {
      const beside = dirname(resolve(config));
      // A slip in --config makes no folder.
      return join(existsSync(beside) ? beside : process.cwd(), '.cache', 'bootstrap');
    },
  };
}

/**
 * Runs a command of bootstrap from its arguments to its exit code: 0 when all is as it should be (or was only
 * planned), 1 when something failed, 2 for a wrong command line, 130 after Ctrl-C.
 */
export async function main(
  command: Command,
  args: readonly string[],
  makeSteps: (setup: Setup) => Promise<readonly Step[]> | readonly Step[],
  world: World = realWorld(),
): Promise<number> {
  let flags: Flags;
  try {
    flags = readFlags(args, command);
  } catch (error) {
    if (!(error instanceof FlagsError)) throw error;
    world.stderr(`${error.message}\n`);
    return 2;
  }
  if (flags.help) {
    world.stdout(helpText(command));
    return 0;
  }
  return runCommand(command, [command.usage, ...args].join(' '), flags, makeSteps, world);
}

async function runCommand(
  command: Command,
  typed: string,
  flags: Flags,
  makeSteps: (setup: Setup) => Promise<readonly Step[]> | readonly Step[],
  world: World,
): Promise<number> {
  const clock = realClock;
  let redact: Redact = (text) => text;
  const folder = world.folder(flags.config);
  const log = openRunLog(join(folder, 'logs'), nameOf(command), clock);
  const { signal, dispose } = interruptible((line) => world.stderr(`${line}\n`), world.signals);
  const release: (() => void)[] = [log.close, dispose];
  const say = log.write;
  try {
    say(typed);
    if (!flags.dryRun && !command.looks) release.push(takeLock(join(folder, 'lock'), typed).release);
    const setRedact = (next: Redact) => {
      redact = next;
      log.setRedact(next);
    };
    const steps = await makeSteps({ flags, clock, signal, say, setRedact });
    const progress = logged(progressFor(flags, world), say);
    const confirm = confirmer(flags, world, signal);
    const colors = world.isTerminal && pc.isColorSupported && !flags.json;
    const results = await runSteps(steps, { ...flags, clock, signal, say, progress, confirm, colors });
    if (flags.json) world.stdout(`${JSON.stringify({ ok: true, steps: results }, null, 2)}\n`);
    else progress.print(resultText(results, flags));
    return 0;
  } catch (error) {
    return failed(error, { command, typed, flags, world, logFile: log.file, say, redact });
  } finally {
    for (const end of release.reverse()) end();
  }
}

interface Failed {
  readonly command: Command;
  readonly typed: string;
  readonly flags: Flags;
  readonly world: World;
  readonly logFile: string;
  readonly say: (line: string) => void;
  readonly redact: Redact;
}

/** Says what failed and how to go on. */
function failed(error: unknown, { command, typed, flags, world, logFile, say, redact }: Failed): number {
  const interrupted = error instanceof Interrupted;
  const text = redact(error instanceof Error ? error.message : String(error));
  say(error instanceof Error ? (error.stack ?? text) : text);
  const next = command.looks || flags.dryRun ? '' : `To continue, run it again: ${typed}\n`;
  world.stderr(`${text}\n${next}Log: ${logFile}\n`);
  if (flags.json) {
    const found = error instanceof StepError ? error : undefined;
    const problems = found?.problems.map(redact) ?? [];
    const checks = found?.checks.map((check) => ({ ...check, evidence: redact(check.evidence) })) ?? [];
    world.stdout(`${JSON.stringify({ ok: false, error: text, problems, checks, log: logFile }, null, 2)}\n`);
  }
  return interrupted ? EXIT_INTERRUPTED : 1;
}

function progressFor(flags: Flags, { isTerminal, stdout, stderr }: World): Progress {
  if (flags.json) return plainProgress(stderr, realClock);
  return isTerminal ? liveProgress(stdout) : plainProgress(stdout, realClock);
}

/** What a person sees stays in the log too. */
function logged(progress: Progress, say: (line: string) => void): Progress {
  return {
    during: (title, work) =>
      progress.during(title, async (show) => {
        say(title);
        const done = await work(show);
        say(`${title}: ${done.summary}`);
        return done;
      }),
    print: (text) => {
      say(text);
      progress.print(text);
    },
  };
}

function confirmer(
  { yes }: Flags,
  { isTerminal, ask }: World,
  signal: AbortSignal,
): (question: string) => Promise<boolean> {
  return async (question) => {
    if (yes) return true;
    if (!isTerminal)
      throw new Error('Nobody is there to confirm the changes. Add --yes, or --dry-run to only see them.');
    return /^y(es)?$/i.test((await ask(`${question} [y/N] `, signal)).trim());
  };
}

function resultText(results: readonly StepResult[], { dryRun }: Flags): string {
  const changes = results.reduce((sum, result) => sum + result.changes.length, 0);
  const unseen = results.filter(({ outcome }) => outcome === 'not yet visible').map(({ step }) => step);
  const rest = unseen.length > 0 ? ` What ${unseen.join(', ')} would do cannot be seen before that.` : '';
  if (changes === 0 && rest === '') return 'Nothing to do: all is as it should be.';
  return dryRun ? `${changes} changes planned, none made.${rest}` : `${changes} changes made and verified.`;
}

/** `zx bootstrap/provision.mjs` → provision. */
function nameOf({ usage }: Command): string {
  return /([\w-]+)\.\w+$/.exec(usage)?.[1] ?? 'run';
}
