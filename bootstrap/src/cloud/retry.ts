import type { Failure, FailureCode } from './failure.ts';

/** How often a request is repeated before its failure is final. */
export const RETRIES = 5;

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** Refused before anything was done: any request can be repeated. */
const REFUSED: readonly FailureCode[] = ['rate_limit_exceeded', 'conflict', 'locked'];
/** It may have been done: what can be done twice can be repeated, a creation cannot. */
const UNCLEAR: readonly FailureCode[] = ['bad_gateway', 'timeout', 'no_answer'];
/** Something is wrong at the provider: asking again is harmless, changing something is not. */
const UPSTREAM: readonly FailureCode[] = ['maintenance', 'unavailable', 'service_error', 'server_error'];

/** True when the request may have been carried out although it failed. */
export function isUnclear({ code }: Failure): boolean {
  return UNCLEAR.includes(code) || code === 'server_error' || code === 'unavailable';
}

/** Whether the same request may be sent again. */
export function mayRepeat({ code }: Failure, method: string, path: string): boolean {
  if (REFUSED.includes(code)) return true;
  if (UNCLEAR.includes(code)) return !isCreation(method, path);
  return UPSTREAM.includes(code) && method === 'GET';
}

/** The API creates by POST to a collection; what it does to a resource goes to `/actions/` below it. */
function isCreation(method: string, path: string): boolean {
  return method === 'POST' && !path.includes('/actions/');
}

/**
 * Milliseconds before the next try: doubling, with jitter so that two runs do not meet again, and when the budget
 * of requests is used up not beyond the moment at which it is full again.
 * @param attempt 0 for the first repetition
 * @param random from 0 to 1
 * @param full milliseconds until the budget is full, when that is what failed
 */
export function pauseBefore(attempt: number, random: number, full?: number): number {
  const grown = Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE);
  const pause = grown * (0.5 + random / 2);
  return full === undefined ? pause : Math.min(pause, Math.max(full, FIRST_PAUSE));
}
