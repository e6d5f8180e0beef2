import { waitFor } from '../../lab.ts';
import type { Site } from '../site.ts';

/** What became of the jobs, by the ledger of the stand-ins. */
export interface Ledger {
  readonly enqueued: number;
  readonly done: number;
  /** Ids that were queued and not done. */
  readonly waiting: readonly string[];
  readonly doubled: readonly string[];
  readonly restarts: number;
  /** Jobs that two workers had at the same time. */
  readonly overlaps: number;
  readonly doubledMinutes: readonly string[];
  readonly beat: { readonly overlaps: number; readonly pairs: readonly string[] };
}

/**
 * Waits until every job is done. A job whose worker died begins again when its lease of 30 s has run out, which Asynq
 * looks for once a minute.
 * @throws LabError when one is still not done after three minutes: lost
 */
export async function finished(site: Site): Promise<Ledger> {
  return waitFor(
    'all jobs to be done',
    async () => {
      const ledger = await site.ask<Ledger>('GET', '/lab/ledger');
      if (ledger.waiting.length > 0)
        throw new Error(`${ledger.waiting.length} of ${ledger.enqueued} not done`);
      return ledger;
    },
    { timeoutMs: 180_000, intervalMs: 1_000 },
  );
}

/** Neither by what the workers told twice a second, nor by what cron put into the queue. */
export function noDoubleScheduler({ beat, doubledMinutes, overlaps }: Ledger): void {
  expect({ pairs: beat.pairs, beats: beat.overlaps, doubledMinutes, overlaps }).toEqual({
    pairs: [],
    beats: 0,
    doubledMinutes: [],
    overlaps: 0,
  });
}
