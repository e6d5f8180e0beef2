import { ACT_SCRIPT } from './act-script.ts';
import { PYTHON, pythonProgram } from './python.ts';
import { must, type Remote } from './remote.ts';

/** One thing to do on a host, as data. */
export type HostTask = WriteTask | FolderTask | RemoveTask | RunTask;

/** Replaces a file as a whole. */
interface WriteTask {
  readonly kind: 'write';
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  /** May be a secret: tasks reach the host by standard input. */
  readonly content: string;
}

interface FolderTask {
  readonly kind: 'folder';
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
}

interface RemoveTask {
  readonly kind: 'remove';
  readonly path: string;
}

interface RunTask {
  readonly kind: 'run';
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly deadline: number;
}

/** A task could not be carried out. Names the host, the task and what it said. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
}

/** Milliseconds, when a command brings no deadline of its own. */
const DEADLINE = 60_000;

/** A command, run without a shell. */
export function runTask(
  words: readonly string[],
  { deadline = DEADLINE, env = {} }: Partial<Pick<RunTask, 'deadline' | 'env'>> = {},
): RunTask {
  return { kind: 'run', words, env, deadline };
}

/** A file that shall be so. */
export function writeTask(file: Omit<WriteTask, 'kind'>): WriteTask {
  const { path, mode, owner, content } = file;
  return { kind: 'write', path, mode, owner, content };
}

/** The task as people know it. */
export function taskText(task: HostTask): string {
  if (task.kind === 'run') return task.words.join(' ');
  return task.kind === 'write' ? `writing ${task.path}` : `${task.kind} ${task.path}`;
}

/** Seconds for which the tasks of a run that was cut off may go on. */
const PATIENCE = 300;

interface Answer {
  readonly done: number;
  readonly exitCode?: number;
  readonly said?: string;
}

/**
 * Carries out tasks in order, in one round trip; the first that fails ends it.
 * @throws TaskError; UnreachableError
 */
export async function carryOut(host: Remote, tasks: readonly HostTask[]): Promise<void> {
  if (tasks.length === 0) return;
  const work = tasks.reduce((sum, task) => sum + (task.kind === 'run' ? task.deadline : 1_000), DEADLINE);
  const deadline = PATIENCE * 1_000 + work;
  const input = pythonProgram(ACT_SCRIPT, { tasks, patience: PATIENCE });
  const { done, exitCode, said } = JSON.parse(await must(host, PYTHON, { input, deadline })) as Answer;
  const failed = tasks[done];
  if (failed === undefined) return;
  throw new TaskError(
    `${host.alias}: ${taskText(failed)} failed${exitCode === -1 ? '' : ` with exit code ${exitCode}`}: ${said?.trim() || 'it said nothing'}`,
  );
}
