import { setTimeout as delay } from 'node:timers/promises';
import { LabError, messageOf } from './errors.ts';

export interface WaitOptions {
  /** Deadline in milliseconds. */
  readonly timeoutMs: number;
  /** Pause between two looks in milliseconds (default 100). */
  readonly intervalMs?: number;
  /** What to do when it does not come; part of the error. */
  readonly next?: string;
}

/**
 * Looks again and again until `probe` returns something other than undefined, null or false, and returns that.
 * A probe that throws counts as "not yet".
 * @throws LabError at the deadline: what was waited for, how long, and the last error or answer seen
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  options: WaitOptions,
): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  let last = 'no answer yet';
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value;
      last = 'the condition did not hold';
    } catch (error) {
      last = messageOf(error);
    }
    if (Date.now() >= deadline) break;
    await delay(Math.min(options.intervalMs ?? 100, Math.max(1, deadline - Date.now())));
  }
  throw new LabError(
    `waited ${options.timeoutMs / 1000} s for ${what}`,
    `last seen: ${last}`,
    options.next ?? 'npm run lab -- status shows what runs; logs are in the run folder',
  );
}
