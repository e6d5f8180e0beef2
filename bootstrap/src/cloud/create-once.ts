import { CloudError, hasCode } from './errors.ts';
import type { Hcloud } from './hcloud.ts';
import { isUnclear, pauseBefore } from './retry.ts';

/** Tries to create one thing; each but the first follows a look whether it is there. */
const TRIES = 3;

export interface Creation<T> {
  /** Finds by its unique name what an earlier try made after all; undefined when it is not there, or not ours. */
  readonly find: () => Promise<T | undefined>;
  readonly create: () => Promise<T>;
}

/**
 * Creates something that must exist once. When no answer came, it looks for it by name before it asks again: a
 * creation that seemed to fail may have succeeded.
 */
export async function createOnce<T>(hcloud: Hcloud, { find, create }: Creation<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await create();
    } catch (error) {
      const unclear = error instanceof CloudError && isUnclear(error.failure);
      if (!unclear && !hasCode(error, 'uniqueness_error')) throw error;
      const found = await find();
      if (found !== undefined) return found;
      if (!unclear || attempt + 1 >= TRIES) throw error;
      hcloud.say(`${error.message.split('\n')[0]}; it was not created, so it is asked for again`);
      await hcloud.clock.sleep(pauseBefore(attempt, 1), hcloud.signal);
    }
  }
}
