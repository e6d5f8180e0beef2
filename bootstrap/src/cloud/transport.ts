import { type Clock, duration, realClock } from '../frame/clock.ts';
import { CloudError } from './errors.ts';
import { type Failure, readFailure } from './failure.ts';
import { pauseForBudget, type RateLimit, readRateLimit } from './rate-limit.ts';
import { mayRepeat, pauseBefore, RETRIES } from './retry.ts';

export interface TransportOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** From 0 to 1, for the jitter. */
  readonly random?: () => number;
  /** Told why there is a pause. */
  readonly say?: (line: string) => void;
  /** Told the headers of every answer. */
  readonly onAnswer?: (headers: Headers) => void;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Creating a server can be slow, and who gives up early asks for it twice. */
const TIMEOUT = 60_000;

/**
 * A fetch that keeps to the budget of requests, repeats what may be repeated, and throws a CloudError for any answer
 * that is no success.
 */
export function createTransport(options: TransportOptions = {}): (request: Request) => Promise<Response> {
  const { clock = realClock, random = Math.random, say = () => {}, onAnswer = () => {}, signal } = options;
  let rate: RateLimit | undefined;

  const pause = (ms: number, why: string) => {
    say(`${why}; going on in ${duration(ms)}`);
    return clock.sleep(ms, signal);
  };
  return async (request) => {
    const path = new URL(request.url).pathname;
    for (let attempt = 0; ; attempt += 1) {
      // A repetition has had its pause.
      const wait = attempt === 0 ? pauseForBudget(rate) : 0;
      if (wait > 0) await pause(wait, `few requests are left of ${rate?.limit} an hour`);
      const outcome = await send(options, request.clone(), path);
      if (outcome.headers) {
        onAnswer(outcome.headers);
        rate = readRateLimit(outcome.headers) ?? rate;
      }
      if (outcome.response) return outcome.response;
      const { failure } = outcome;
      if (attempt >= RETRIES || !mayRepeat(failure, request.method, path)) throw new CloudError(failure);
      const full = failure.code === 'rate_limit_exceeded' && rate ? rate.full - clock.now() : undefined;
      await pause(pauseBefore(attempt, random(), full), `${request.method} ${path}: ${failure.message}`);
    }
  };
}

type Outcome =
  | { readonly response: Response; readonly headers: Headers }
  | { readonly response?: undefined; readonly headers?: Headers; readonly failure: Failure };

async function send(options: TransportOptions, request: Request, path: string): Promise<Outcome> {
  const { signal, fetch = globalThis.fetch } = options;
  const about = { method: request.method, path };
  // A change that was asked for is heard to the end: cut off, nobody knows whether it was made.
  const limits = [AbortSignal.timeout(TIMEOUT), ...(signal && request.method === 'GET' ? [signal] : [])];
  try {
    const response = await fetch(new Request(request, { signal: AbortSignal.any(limits) }));
    if (response.ok) return { response: await whole(response), headers: response.headers };
    const failure = readFailure(about, response.status, response.headers, await response.text());
    return { failure, headers: response.headers };
  } catch (error) {
    if (request.method === 'GET') signal?.throwIfAborted();
    return { failure: { code: 'no_answer', ...about, message: reason(error) } };
  }
}

/** Reads the body here, where a connection that is cut in the middle of it still counts as no answer. */
async function whole(response: Response): Promise<Response> {
  const { status, headers } = response;
  const body = await response.text();
  return new Response(body === '' ? null : body, { status, headers });
}

/** fetch says only "fetch failed"; the reason is in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
