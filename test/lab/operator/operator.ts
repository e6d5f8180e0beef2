import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endGroup } from '../core/cgroups.ts';
import { LabError } from '../core/errors.ts';
import { labSources } from '../core/paths.ts';
import type { ExecResult } from '../core/process.ts';
import { inNamespace } from '../network/client.ts';
import { namespaceOf } from '../network/topology.ts';
import { serviceGroup, serviceLog } from '../services/service.ts';
import { operatorHome } from './home.ts';

export interface OperatorOptions {
  /** Working directory (default: the operator's home). */
  readonly cwd?: string;
  /** On top of the operator's own environment; nothing of this process's comes along. */
  readonly env?: Readonly<Record<string, string>>;
  /** Given to standard input (default: nothing, closed at once). */
  readonly input?: string;
  /** Deadline in milliseconds (default 10 min): then everything it started is killed. */
  readonly timeoutMs?: number;
  /** Told what it prints while it prints it, both streams. */
  readonly onOutput?: (text: string) => void;
}

/** A program that the operator runs. */
export interface OperatorRun {
  /** What it printed on both streams until now. */
  printed(): string;
  /** Ctrl-C: SIGINT to the program and what runs in the foreground with it, as a terminal sends it. */
  interrupt(): void;
  /** The workstation loses power: SIGKILL to everything it started, also what went into the background. */
  kill(): Promise<void>;
  /** Its output and exit code; 128 and the signal's number when a signal ended it. @throws LabError at the deadline */
  readonly ended: Promise<ExecResult>;
}

const DEADLINE_MS = 10 * 60_000;
/** Longest time to read what a program that has ended left in its pipes. */
const DRAIN_MS = 500;
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
let runs = 0;

/**
 * Starts a program as the operator: in the operator's network, with the lab's names, a home folder of its own, kubectl
 * on the path and nothing of this process's environment. It ends with the lab at the latest; its output is also kept
 * among the logs of the lab's services.
 */
export async function startAsOperator(
  argv: readonly string[],
  options: OperatorOptions = {},
): Promise<OperatorRun> {
  const home = await operatorHome();
  runs += 1;
  const name = `operator-${process.pid}-${runs}`;
  const entered = inNamespace(namespaceOf('operator'), [
    ...['sh', join(labSources, 'operator', 'enter.sh'), home.passwd],
    ...argv,
  ]);
  const child = spawn('sh', [join(labSources, 'services', 'run-service.sh'), name, ...entered], {
    detached: true, // a process group of its own, for Ctrl-C
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: options.cwd ?? home.folder,
    env: { ...home.env, ...options.env },
  });
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(options.input ?? '');
  return watch(child, name, argv, options);
}

/** As `startAsOperator`, to the end. @throws LabError at the deadline; not for an exit code */
export async function asOperator(
  argv: readonly string[],
  options: OperatorOptions = {},
): Promise<ExecResult> {
  return (await startAsOperator(argv, options)).ended;
}

function watch(
  child: ChildProcess,
  name: string,
  argv: readonly string[],
  { timeoutMs = DEADLINE_MS, onOutput }: OperatorOptions,
): OperatorRun {
  const log = serviceLog(name);
  mkdirSync(dirname(log), { recursive: true });
  appendFileSync(log, `$ ${argv.join(' ')}\n`);
  const said = { stdout: '', stderr: '', both: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      said.both += text;
      appendFileSync(log, text);
      onOutput?.(text);
    });
  }
  const kill = (): Promise<void> => endGroup(serviceGroup(name));
  const tooLate = (): LabError =>
    new LabError(
      `operator: ${argv.join(' ').slice(0, 200)}`,
      `did not end within ${timeoutMs / 1000} s; last output: ${said.both.slice(-500)}`,
      `see ${log}, or give it a longer deadline`,
    );
  const closed = once(child, 'close');
  const ended = new Promise<ExecResult>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(tooLate());
      kill().catch(() => {}); // what does not end is found when the lab ends
    }, timeoutMs);
    child.on('error', reject);
    child.on('exit', async (code, signal) => {
      clearTimeout(timer);
      // What it left in the background (an ssh master) may hold the streams open; its own words are read by then.
      await Promise.race([closed, delay(DRAIN_MS)]);
      const exitCode = code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0);
      resolve({ stdout: said.stdout, stderr: said.stderr, exitCode });
    });
  });
  ended.catch(() => {}); // told to whoever awaits it; a killed run need not be awaited
  return {
    printed: () => said.both,
    interrupt: () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    },
    kill,
    ended,
  };
}
