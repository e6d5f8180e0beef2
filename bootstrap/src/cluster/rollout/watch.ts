import { duration } from '../../frame/clock.ts';
import type { Run } from '../../frame/step.ts';
import { NotYet, waitFor } from '../../frame/wait.ts';
import type { Kubectl } from '../kubectl.ts';
import { objectsIn } from '../kubectl-calls.ts';
import { type ObjectRef, objectName } from '../object.ts';
import { explainFailure } from './explain.ts';
import { ROLLOUT_OBJECTS, type Rollout, rolloutsOf } from './look.ts';
import { removeStuckPods } from './stuck-pods.ts';

/** New pods do not come up. Says which, why, the last lines of their logs, and what to do. */
export class RolloutError extends Error {
  override readonly name = 'RolloutError';
}

/** Milliseconds without any change. The slowest step of a rollout is the start of an api pod that migrates: 240 s. */
const STALLED = 6 * 60_000;

/** Milliseconds for all of it: five api pods one after the other take 25 min at worst. */
const DEADLINE = 30 * 60_000;

const ADVICE = 'See kubectl get pods -A, then run the same command again: it goes on waiting.';

/**
 * Waits, for all together, until every pod is new and ready.
 * @param remedy what an operator can do when they do not become so: a sentence
 * @throws RolloutError as soon as one has failed or nothing moves any more; DeadlineError
 */
export async function watchRollouts(
  kubectl: Kubectl,
  workloads: readonly ObjectRef[],
  remedy: string,
  run: Run,
): Promise<void> {
  const { clock, signal, say } = run;
  let moved = { text: '', since: clock.now() };
  let said = '';
  await waitFor({
    what: `the rollout of ${workloads.map(objectName).join(', ')}`,
    deadline: DEADLINE,
    advice: ADVICE,
    clock,
    signal,
    isFinal: (error) => error instanceof RolloutError,
    look: async () => {
      const objects = objectsIn(await kubectl.must(ROLLOUT_OBJECTS));
      const open = rolloutsOf(objects, workloads).filter(({ state }) => state !== 'complete');
      if (open.length === 0) return true;
      const text = open.map(progress).join(', ');
      if (text !== moved.text) moved = { text, since: clock.now() };
      const reasons = open.filter(({ reason }) => reason !== undefined).length;
      if (said !== `${text} ${reasons}`) say(open.map(line).join(', '));
      said = `${text} ${reasons}`;
      const removed = await removeStuckPods(
        kubectl,
        open.map(({ workload }) => workload),
        objects,
      );
      if (removed.length > 0) say(`removed ${removed.join(', ')}: old, not ready, and in the way of the new`);
      await failIfStuck(kubectl, open, clock.now() - moved.since, remedy);
      throw new NotYet(text);
    },
  });
}

/** Characters; a registry's refusal is long. */
const MOST_REASON = 100;

const progress = ({ workload, text }: Rollout) => `${workload.metadata.name}: ${text}`;

const line = (rollout: Rollout) => {
  const { reason } = rollout;
  return `${progress(rollout)}${reason === undefined ? '' : ` (${reason.slice(0, MOST_REASON)})`}`;
};

async function failIfStuck(
  kubectl: Kubectl,
  open: readonly Rollout[],
  unchanged: number,
  remedy: string,
): Promise<void> {
  const hasFailed = open.some(({ state }) => state === 'failed');
  if (!hasFailed && unchanged < STALLED) return;
  const why = hasFailed ? '' : `Nothing has changed for ${duration(unchanged)}.\n`;
  throw new RolloutError(`${why}${await explainFailure(kubectl, open)}\n${remedy}`);
}
