import type { Clock } from './clock.ts';

/**
 * Every part of provisioning has this one shape. It looks at what is there (observe), compares it with what should be
 * (plan, pure), and makes only the difference (apply). To verify, the frame looks and compares again: a step has
 * worked when nothing is left to change. What was cut off anywhere is continued by running it again.
 */
export interface Step<Observed = unknown, C extends Change = Change> {
  /** As in `--only servers,hosts`. */
  readonly name: string;
  /** What it makes true, for people: "servers at Hetzner". */
  readonly title: string;
  /** @throws NotYet when an earlier step has to be done first */
  observe(run: Run): Promise<Observed>;
  plan(observed: Observed): Plan<C>;
  apply(changes: readonly C[], observed: Observed, run: Run): Promise<void>;
}

/** What a step works with besides its own subject. */
export interface Run {
  readonly clock: Clock;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Shows what is going on, and logs it. */
  readonly say: (line: string) => void;
}

export interface Plan<C extends Change = Change> {
  /** In the order in which they are made. */
  readonly changes: readonly C[];
  /** Why nothing can be done, each with what to do. All of them, and nothing is changed while there is one. */
  readonly problems: readonly string[];
  /** What an operator should know, and what stops nothing. */
  readonly notes: readonly string[];
  /** Of a step that only looks: what it found. One that failed stops the run as a problem does. */
  readonly checks?: readonly Check[];
  /** What the changes come to; shown before them. */
  readonly review?: Review;
}

/** What changes come to, and whether a person has to agree to them. */
export interface Review {
  /** The whole of it in one line. */
  readonly verdict: string;
  readonly text: (colors: boolean) => string;
  /** False: they are made without a question. Changes without a review are always asked about. */
  readonly asks: boolean;
}

/** Something that is right or not. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  /** What was seen, in a few words; and, unless it is ok, what to do. */
  readonly evidence: string;
}

/** One row of the plan. Steps add what they need to make it. */
export interface Change {
  readonly action: 'create' | 'change' | 'remove' | 'start' | 'restart';
  /** A host, or a place such as Hetzner. */
  readonly where: string;
  /** The thing, such as `file /etc/sysctl.d/90-honeydue.conf`. */
  readonly what: string;
  /** Why, or from what to what, in a few words. */
  readonly detail?: string;
  /** A file before and after; shown as a diff. Never of a secret. */
  readonly file?: { readonly before: string; readonly after: string };
}
