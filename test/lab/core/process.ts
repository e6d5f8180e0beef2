import { readFileSync } from 'node:fs';
import { $ } from 'zx';
import { LabError } from './errors.ts';

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface RunOptions {
  /** Given to standard input. */
  readonly input?: string;
  /** Deadline in milliseconds (default 60 s). */
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A bash at the top level (SHLVL 0 or none, as below cron and behind `&`) whose standard input is a socket, as all pipes of
 * Node's are, takes itself for one that sshd started and reads ~/.bashrc, which may take seconds.
 */
const BELOW_A_SHELL = { SHLVL: '1' };

/**
 * Runs a program to its end and returns what it said, whatever the exit code.
 * @throws LabError when it does not end before the deadline (it is killed then)
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<ExecResult> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const shell = $({
    nothrow: true,
    quiet: true,
    input: options.input ?? '',
    timeout: timeoutMs,
    timeoutSignal: 'SIGKILL',
    env: { ...process.env, ...BELOW_A_SHELL, ...options.env },
  });
  const started = Date.now();
  const output = await shell`${argv}`;
  if (output.exitCode === null && Date.now() - started >= timeoutMs) {
    throw new LabError(
      argv.join(' ').slice(0, 300),
      `did not end within ${timeoutMs / 1000} s; last output: ${(output.stderr || output.stdout).slice(-500)}`,
      'give it a longer deadline, or look at what it waits for',
    );
  }
  return { stdout: output.stdout, stderr: output.stderr, exitCode: output.exitCode ?? 137 };
}

/**
 * As `run`, but a non-zero exit is an error.
 * @throws LabError with the program's last words
 */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.exitCode !== 0) {
    throw new LabError(
      argv.join(' ').slice(0, 300),
      `exit code ${result.exitCode}: ${(result.stderr || result.stdout).trim().slice(-1500)}`,
      'npm run lab -- status, or npm run lab -- down to start afresh',
    );
  }
  return result.stdout;
}

/** A process that cannot be confused with a later one of the same id. */
export interface ProcessId {
  readonly pid: number;
  /** Start time in clock ticks since boot: field 22 of /proc/PID/stat. */
  readonly startTime: string;
}

/** Identity of a live process; undefined when there is none (a zombie counts as none). */
export function identify(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTime = fields[19];
    if (startTime === undefined || fields[0] === 'Z') return undefined;
    return { pid, startTime };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still runs. */
export function isAlive(process: ProcessId): boolean {
  return identify(process.pid)?.startTime === process.startTime;
}

/** Sends a signal to exactly this process; false when it is gone already. */
export function signal(target: ProcessId, name: NodeJS.Signals): boolean {
  if (!isAlive(target)) return false;
  try {
    return process.kill(target.pid, name);
  } catch {
    return false;
  }
}

/** Ids of the direct children of a process. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number);
  } catch {
    return [];
  }
}
