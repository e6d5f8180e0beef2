/** An error that names the thing, the cause, and what to do next. */
export class LabError extends Error {
  readonly what: string;
  readonly reason: string;
  readonly next: string;

  constructor(what: string, reason: string, next: string) {
    super(`${what}: ${reason.trim()}\n  next: ${next}`);
    this.name = 'LabError';
    this.what = what;
    this.reason = reason;
    this.next = next;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
