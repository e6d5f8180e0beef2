import { type Clock, duration, realClock } from './clock.ts';

export interface Wait<T> {
  /** What is waited for, as the end of "waiting for ...". */
  readonly what: string;
  /** Milliseconds after which it is given up. */
  readonly deadline: number;
  /** What an operator does when it is given up: a sentence. */
  readonly advice: string;
  /**
   * Looks once. `undefined` and a thrown error mean "not yet"; say why by throwing a {@link NotYet}. An error that
   * `isFinal` knows ends the wait at once.
   */
  readonly look: () => Promise<T | undefined>;
  readonly isFinal?: (error: unknown) => boolean;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

/** Why a wait is not over, in words; it becomes the last thing seen. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** A wait that reached its deadline. Says what was waited for, what was seen last, and what to do. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** Pauses between looks, in milliseconds: quick at first, as most waits are short, then sparing with requests. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;
const GROWTH = 1.5;

/**
 * Looks again and again until there is something to see.
 * @throws DeadlineError when the deadline has passed; the signal's reason when it is aborted
 */
export async function waitFor<T>(wait: Wait<T>): Promise<T> {
  const { what, deadline, advice, look, isFinal = () => false, clock = realClock, signal } = wait;
  const end = clock.now() + deadline;
  let pause = FIRST_PAUSE;
  for (;;) {
    signal?.throwIfAborted();
    let seen = 'nothing yet';
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      if (signal?.aborted || isFinal(error)) throw error;
      seen = error instanceof Error ? error.message : String(error);
    }
    const left = end - clock.now();
    if (left <= 0) {
      throw new DeadlineError(
        `Gave up after ${duration(deadline)} waiting for ${what}.\nLast seen: ${seen}\n${advice}`,
      );
    }
    await clock.sleep(Math.min(pause, left), signal);
    pause = Math.min(pause * GROWTH, LONGEST_PAUSE);
  }
}
