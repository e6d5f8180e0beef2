/** A budget of requests that flows back gradually (the provider's reference, "Rate Limiting"). */
export interface RateBudget {
  limit: number;
  perSecond: number;
  remaining: number;
  /** Milliseconds since the epoch at which `remaining` held. */
  at: number;
}

/** A full budget. @param limit requests; @param perSecond requests that flow back each second */
export function fullBudget(limit: number, perSecond: number, now: Date): RateBudget {
  return { limit, perSecond, remaining: limit, at: now.getTime() };
}

/** Takes one request out of the budget. `allowed` is false when none was left. */
export function spend(budget: RateBudget, now: Date): { allowed: boolean; budget: RateBudget } {
  const seconds = Math.max(0, now.getTime() - budget.at) / 1000;
  const available = Math.min(budget.limit, budget.remaining + seconds * budget.perSecond);
  const allowed = available >= 1;
  return {
    allowed,
    budget: { ...budget, remaining: allowed ? available - 1 : available, at: now.getTime() },
  };
}

/** The three headers that every answer carries; Reset is the Unix second in which the budget is full again. */
export function rateHeaders(budget: RateBudget): Record<string, string> {
  const missing = budget.limit - budget.remaining;
  return {
    'RateLimit-Limit': String(budget.limit),
    'RateLimit-Remaining': String(Math.floor(budget.remaining)),
    'RateLimit-Reset': String(Math.ceil(budget.at / 1000 + missing / budget.perSecond)),
  };
}
