import { duration } from './clock.ts';
import { planText } from './plan-text.ts';
import type { Progress } from './progress.ts';
import type { Change, Check, Plan, Run, Step } from './step.ts';
import { NotYet } from './wait.ts';

export interface RunOptions extends Run {
  readonly dryRun: boolean;
  /** Names of the steps to run; undefined for all. */
  readonly only: readonly string[] | undefined;
  readonly progress: Progress;
  readonly colors: boolean;
  /** Asked before a step changes anything, when its plan has been shown. */
  readonly confirm: (question: string) => Promise<boolean>;
}

/** What came of one step. */
export interface StepResult {
  readonly step: string;
  readonly outcome: 'nothing to do' | 'changed' | 'planned' | 'not yet visible';
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
  readonly checks?: readonly Check[];
  /** Of its review, when it has one. */
  readonly verdict?: string;
  readonly ms: number;
}

/** A step could not be done. The message says which, and why. */
export class StepError extends Error {
  override readonly name = 'StepError';
  constructor(
    message: string,
    /** Those of its plan, which people have been shown already. */
    readonly problems: readonly string[] = [],
    readonly checks: readonly Check[] = [],
  ) {
    super(message);
  }
}

/** Runs steps one after the other; the first that fails ends the run. With `dryRun` none changes anything. */
export async function runSteps(steps: readonly Step[], options: RunOptions): Promise<StepResult[]> {
  const { only, signal } = options;
  const results: StepResult[] = [];
  for (const step of steps.filter(({ name }) => only === undefined || only.includes(name))) {
    signal.throwIfAborted();
    results.push(await runStep(step, options));
  }
  return results;
}

async function runStep(step: Step, options: RunOptions): Promise<StepResult> {
  const { progress, clock, dryRun } = options;
  const begin = clock.now();
  const result = (outcome: StepResult['outcome'], plan?: Plan): StepResult => ({
    step: step.name,
    outcome,
    changes: plan?.changes.map(row) ?? [],
    notes: plan?.notes ?? [],
    ...(plan?.checks && { checks: plan.checks }),
    ...(plan?.review && { verdict: plan.review.verdict }),
    ms: clock.now() - begin,
  });
  const looked = await look(step, options);
  if (!looked) return result('not yet visible');
  const { observed, plan } = looked;
  const texts = [plan.review?.text(options.colors) ?? '', planText(plan, options.colors)];
  const text = texts.filter((part) => part !== '').join('\n\n');
  if (text !== '') progress.print(text);
  if (plan.problems.length > 0) {
    const found = count(plan.problems.length, 'problem');
    throw new StepError(`${step.name}: ${found}, nothing was changed.`, plan.problems);
  }
  const failed = plan.checks?.filter(({ state }) => state === 'failed') ?? [];
  if (failed.length > 0) {
    const found = `${failed.length} of ${count(plan.checks?.length ?? 0, 'check')} failed`;
    throw new StepError(`${step.name}: ${found}.`, [], plan.checks);
  }
  if (plan.changes.length === 0) return result('nothing to do', plan);
  if (dryRun) return result('planned', plan);
  if (!(await agreed(step, plan, options))) {
    throw new StepError(`${step.name}: not confirmed, nothing was changed.`);
  }
  await apply(step, plan.changes, observed, options);
  return result('changed', plan);
}

async function agreed({ title }: Step, { changes, review }: Plan, { confirm }: RunOptions): Promise<boolean> {
  if (review && !review.asks) return true;
  const verdict = review ? `${review.verdict} ` : '';
  return confirm(`${verdict}${title}: make ${count(changes.length, 'change')}?`);
}

/** What people see of a change, without what a step added to make it. */
function row({ action, where, what, detail, file }: Change): Change {
  return { action, where, what, ...(detail && { detail }), ...(file && { file }) };
}

interface Looked {
  readonly observed: unknown;
  readonly plan: Plan;
}

/** @returns undefined in a dry run when an earlier step would have to be done first */
async function look(step: Step, options: RunOptions): Promise<Looked | undefined> {
  const { progress, clock, dryRun } = options;
  return progress.during(`${step.title}: look`, async (say) => {
    const begin = clock.now();
    try {
      const observed = await step.observe({ ...options, say: both(say, options.say) });
      const plan = step.plan(observed);
      return {
        value: { observed, plan },
        summary: `${planSummary(plan)} (${duration(clock.now() - begin)})`,
      };
    } catch (error) {
      if (!dryRun || !(error instanceof NotYet)) throw error;
      return { value: undefined, summary: `cannot be seen yet: ${error.message}` };
    }
  });
}

/** Applies, then verifies: what is seen afterwards must leave nothing to change. */
async function apply(
  step: Step,
  changes: readonly Change[],
  observed: unknown,
  options: RunOptions,
): Promise<void> {
  const { progress, clock } = options;
  await progress.during(`${step.title}: apply`, async (say) => {
    const begin = clock.now();
    const run = { ...options, say: both(say, options.say) };
    await step.apply(changes, observed, run);
    run.say('looking whether it worked');
    const left = step.plan(await step.observe(run));
    if (left.changes.length > 0 || left.problems.length > 0) {
      throw new StepError(
        `${step.name}: it was applied, and this is still not as it should be:\n${planText(left)}`,
      );
    }
    return {
      value: undefined,
      summary: `${count(changes.length, 'change')} made and verified (${duration(clock.now() - begin)})`,
    };
  });
}

function planSummary({ changes, problems, checks }: Plan): string {
  if (problems.length > 0) return count(problems.length, 'problem');
  if (checks) return checkSummary(checks);
  return changes.length === 0 ? 'nothing to do' : count(changes.length, 'change');
}

function checkSummary(checks: readonly Check[]): string {
  const states = ['ok', 'warning', 'failed'] as const;
  return states
    .map((state) => ({ state, number: checks.filter((check) => check.state === state).length }))
    .filter(({ number }) => number > 0)
    .map(({ state, number }) => `${number} ${state}`)
    .join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

const both =
  (...sinks: readonly ((line: string) => void)[]) =>
  (line: string) => {
    for (const sink of sinks) sink(line);
  };
