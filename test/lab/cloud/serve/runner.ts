import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerBackend } from '../backend/backend.ts';
import { perform } from '../backend/perform.ts';
import type { FaultRegistry } from '../faults/registry.ts';
import { settleAction } from '../state/actions.ts';
import { beginEffect, failEffect, finishEffect, type Job } from '../state/jobs.ts';
import type { ActionRecord, CloudState } from '../state/model.ts';
import type { Store } from './store.ts';

export interface RunnerParts {
  store: Store;
  backend: ServerBackend;
  faults: FaultRegistry;
  /** How long an action takes at least, in milliseconds. */
  actionMs: number;
  log: (line: string) => void;
}

/** Does the work behind actions. */
export interface JobRunner {
  /** Starts jobs; those of one server run one after the other, and the first failure ends the ones that came with it. */
  submit(jobs: readonly Job[]): void;
  /** Does the work of a stuck action after all, and of those that came with it. @returns false when it is not stuck */
  resume(action: number): boolean;
  /** Ends a stuck action, and those that came with it, in error. @returns false when it is not stuck */
  abandon(action: number, error: NonNullable<ActionRecord['error']>): boolean;
  /** Resolves when no job is under way (stuck ones do not count). */
  idle(): Promise<void>;
  /** Starts nothing more and resolves when what is under way has ended. */
  close(): Promise<void>;
}

type Outcome = 'done' | 'failed' | 'stuck';

/** A runner over a store and a backend. */
export function createRunner(parts: RunnerParts): JobRunner {
  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const tails = new Map<number, Promise<unknown>>();
  const stuck = new Map<number, readonly Job[]>();

  const enqueue = (jobs: readonly Job[]) => {
    const server = serverOf(jobs[0]);
    const before = (server !== undefined && tails.get(server)) || Promise.resolve();
    const run = before.then(() => runInOrder(jobs));
    if (server !== undefined) tails.set(server, run);
    underWay.add(run);
    void run.finally(() => underWay.delete(run));
  };

  const runInOrder = async (jobs: readonly Job[]) => {
    let broken: ActionRecord['error'] = null;
    for (const [index, job] of jobs.entries()) {
      if (stopping.signal.aborted) return;
      if (broken) fail(parts, job, broken);
      else {
        const outcome = await runOne(parts, job, stopping.signal);
        if (outcome === 'stuck') {
          stuck.set(job.action, jobs.slice(index));
          return;
        }
        if (outcome === 'failed') broken = findAction(parts.store.current, job)?.error ?? null;
      }
    }
  };

  const takeStuck = (action: number) => {
    const jobs = stuck.get(action);
    stuck.delete(action);
    return jobs;
  };
  const idle = async () => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  return {
    submit: (jobs) => {
      for (const group of groupByServer(jobs)) enqueue(group);
    },
    resume: (action) => {
      const jobs = takeStuck(action);
      if (jobs) enqueue(jobs);
      return jobs !== undefined;
    },
    abandon: (action, error) => {
      const jobs = takeStuck(action);
      for (const job of jobs ?? []) fail(parts, job, error);
      return jobs !== undefined;
    },
    idle,
    close: async () => {
      stopping.abort();
      await idle();
    },
  };
}

async function runOne(parts: RunnerParts, job: Job, signal: AbortSignal): Promise<Outcome> {
  const { store, faults, actionMs } = parts;
  const action = findAction(store.current, job);
  const fault = action && faults.forAction({ command: action.command, servers: serverNames(store, action) });
  if (fault?.kind === 'action-stuck') return 'stuck';
  store.update((draft) => beginEffect(draft, job.effect));
  const pause = sleep(actionMs, undefined, { signal }).catch(() => undefined);
  if (fault) {
    await pause;
    fail(parts, job, { code: fault.code, message: fault.message });
    return 'failed';
  }
  try {
    const work = perform(parts.backend, job.effect);
    if (job.effect.kind === 'shutdown') followShutdown(parts, job, work);
    else await work;
    await pause;
    succeed(parts, job);
    return 'done';
  } catch (error) {
    await pause;
    const message = error instanceof Error ? error.message : String(error);
    parts.log(`${job.effect.kind} failed: ${message}`);
    fail(parts, job, { code: 'action_failed', message });
    return 'failed';
  }
}

/** A shutdown's action only says that the request was sent; the server's status follows when the machine has halted. */
function followShutdown(parts: RunnerParts, job: Job, work: Promise<void>): void {
  const settle = (change: typeof finishEffect) =>
    parts.store.update((draft) => {
      const server = draft.servers.find(({ id }) => id === serverOf(job));
      if (server?.status === 'stopping') change(draft, job.effect);
    });
  work.then(
    () => settle(finishEffect),
    (error) => {
      parts.log(`shutdown failed: ${error instanceof Error ? error.message : String(error)}`);
      settle(failEffect);
    },
  );
}

function succeed({ store }: RunnerParts, job: Job): void {
  store.update((draft) => {
    const action = findAction(draft, job);
    if (action) settleAction(action, null, new Date());
    if (job.effect.kind !== 'shutdown') finishEffect(draft, job.effect);
  });
}

function fail({ store }: RunnerParts, job: Job, error: NonNullable<ActionRecord['error']>): void {
  store.update((draft) => {
    const action = findAction(draft, job);
    if (action) settleAction(action, error, new Date());
    failEffect(draft, job.effect);
  });
}

function findAction(state: CloudState, job: Job): ActionRecord | undefined {
  return state.actions.find(({ id }) => id === job.action);
}

function serverNames({ current }: Store, action: ActionRecord): string[] {
  const ids = action.resources.filter(({ type }) => type === 'server').map(({ id }) => id);
  return current.servers.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
}

function serverOf(job: Job | undefined): number | undefined {
  return job && 'server' in job.effect ? job.effect.server : undefined;
}

/** Jobs without a machine run side by side, those of one answer for one server in order. */
function groupByServer(jobs: readonly Job[]): Job[][] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = String(serverOf(job) ?? `action-${job.action}`);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return [...groups.values()];
}
