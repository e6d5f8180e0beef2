/** The budget of requests as the headers of the last answer told it. */
export interface RateLimit {
  /** Requests an hour. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds since the epoch at which the budget is full again. */
  readonly full: number;
}

/** Reads the three headers; undefined when an answer lacks one, as those of a proxy do. */
export function readRateLimit(headers: Headers): RateLimit | undefined {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => {
    const text = headers.get(`ratelimit-${name}`);
    return text === null || !/^\d+$/.test(text) ? undefined : Number(text);
  });
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
  return { limit, remaining, full: reset * 1000 };
}

/** Left for other programs with a token of the same project, such as a colleague's. */
const RESERVE = 20;

/** Milliseconds to pause before a request so that the budget does not run out: it flows back evenly over an hour. */
export function pauseForBudget(rate: RateLimit | undefined): number {
  if (!rate || rate.limit === 0 || rate.remaining >= Math.min(RESERVE, rate.limit / 2)) return 0;
  return 3_600_000 / rate.limit;
}
