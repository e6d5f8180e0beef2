import type { Clock } from '../../bootstrap/src/frame/clock.ts';

/** A clock in which a pause is over at once. It remembers how long each would have been. */
export interface TestClock extends Clock {
  readonly pauses: number[];
}

/** @param meanwhile what the world does during a pause; never real waiting */
export function testClock(meanwhile: () => Promise<void> = async () => {}): TestClock {
  let now = Date.now();
  const pauses: number[] = [];
  return {
    pauses,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      pauses.push(ms);
      now += ms;
      await meanwhile();
      signal?.throwIfAborted();
    },
  };
}
