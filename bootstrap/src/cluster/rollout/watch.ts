import { duration } from '../../frame/clock.ts';
import type { Run } from '../../frame/step.ts';
import { NotYet, waitFor } from '../../frame/wait.ts';
import type { Kubectl } from '../kubectl.ts';
import { type ObjectRef, objectName } from '../object.ts';
import { explainFailure } from './explain.ts';
import { lookAtRollouts, type Rollout } from './look.ts';
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
 * @throws RolloutError as soon as one has failed or nothing moves any more; DeadlineError
 */
export async function watchRollouts(
  kubectl: Kubectl,
  workloads: readonly ObjectRef[],
  run: Run,
): Promise<void> {
  const { clock, signal, say } = run;
  let seen = { text: '', since: clock.now() };
  await waitFor({
    what: `the rollout of ${workloads.map(objectName).join(', ')}`,
    deadline: DEADLINE,
    advice: ADVICE,
    clock,
    signal,
    isFinal: (error) => error instanceof RolloutError,
    look: async () => {
      const open = (await lookAtRollouts(kubectl, workloads)).filter(({ state }) => state !== 'complete');
      if (open.length === 0) return true;
      const text = open.map(line).join(', ');
      if (text !== seen.text) {
        seen = { text, since: clock.now() };
        say(text);
      }
      const removed = await removeStuckPods(
        kubectl,
        open.map(({ workload }) => workload),
      );
      if (removed.length > 0) say(`removed ${removed.join(', ')}: old, not ready, and in the way of the new`);
      await failIfStuck(kubectl, open, clock.now() - seen.since);
      throw new NotYet(text);
    },
  });
}

const line = ({ workload, text }: Rollout) => `${workload.metadata.name}: ${text}`;

async function failIfStuck(kubectl: Kubectl, open: readonly Rollout[], unchanged: number): Promise<void> {
  const failed = open.filter(({ state }) => state === 'failed');
  if (failed.length === 0 && unchanged < STALLED) return;
  const why = failed.length > 0 ? '' : `Nothing has changed for ${duration(unchanged)}.\n`;
  throw new RolloutError(`${why}${await explainFailure(kubectl, failed.length > 0 ? failed : open)}`);
}
