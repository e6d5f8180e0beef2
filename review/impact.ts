/** What a change does, the worst first. */
export const impacts = [
  'loses data',
  'refused by the API',
  'widens access',
  'changes traffic',
  'interrupts',
  'rolls pods',
  'config only',
  'no effect',
] as const;

export type Impact = (typeof impacts)[number];

/** One thing that follows from a change. */
export interface Effect {
  readonly impact: Impact;
  /** A short sentence without its full stop. */
  readonly text: string;
  /** What to do instead, or beforehand. */
  readonly wayOut?: string;
}

export const effect = (impact: Impact, text: string, wayOut?: string): Effect =>
  wayOut === undefined ? { impact, text } : { impact, text, wayOut };

/** The worst of them; undefined for none. */
export function worst(list: readonly Impact[]): Impact | undefined {
  return impacts.find((impact) => list.includes(impact));
}

/** True when `impact` is this bad or worse. */
export function isAtLeast(impact: Impact, limit: Impact): boolean {
  return impacts.indexOf(impact) <= impacts.indexOf(limit);
}
