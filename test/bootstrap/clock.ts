import type { Clock } from '../../bootstrap/src/frame/clock.ts';

/** A clock in which a pause is over at once. It remembers how long each would have been. */
export interface TestClock extends Clock {
  readonly pauses: number[];
}

/**
 * @param meanwhile what the world does during a pause; never real waiting
 * @param speed makes pauses longer than asked for, so that a long deadline passes after few of them
 */
export function testClock(meanwhile: () => Promise<void> = async () => {}, speed = 1): TestClock {
  let now = Date.now();
  const pauses: number[] = [];
  return {
    pauses,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      pauses.push(ms);
      now += ms * speed;
      await meanwhile();
      signal?.throwIfAborted();
    },
  };
}
