import { type Effect, type Impact, impacts, worst } from './impact.ts';

/** One value that is not the same; what is not there is left out. */
export interface Difference {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** The API server sees no difference, or the host none. */
  readonly unseen?: true;
}

/** One object, or one part of a host, that comes, goes or changes. */
export interface Entry {
  /** `Deployment honeydue/api`, or of a host `firewall rules`. */
  readonly subject: string;
  readonly host?: string;
  /** Where it stands in dist/. */
  readonly file: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** The worst of its effects. */
  readonly impact: Impact;
  /** The worst first. */
  readonly effects: readonly Effect[];
  readonly differences: readonly Difference[];
}

/**
 * An entry with its effects in order.
 * @param least what it is when no effect is worse
 */
export function entry(
  about: Pick<Entry, 'subject' | 'host' | 'file' | 'change'>,
  effects: readonly Effect[],
  differences: readonly Difference[],
  least: Impact,
): Entry {
  return {
    ...about,
    impact: worst([...effects.map(({ impact }) => impact), least]) ?? least,
    effects: effects.toSorted((a, b) => impacts.indexOf(a.impact) - impacts.indexOf(b.impact)),
    differences,
  };
}

export function difference(path: string, before: unknown, after: unknown, unseen?: true): Difference {
  return {
    path,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(unseen && { unseen }),
  };
}
