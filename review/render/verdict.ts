import type { Entry } from '../entry.ts';
import { type Impact, impacts } from '../impact.ts';
import type { Report } from '../report.ts';

const VERBS: Readonly<Record<Impact, string>> = {
  'loses data': 'loses data',
  'refused by the API': 'is refused by the API',
  'widens access': 'widens access',
  'changes traffic': 'changes traffic',
  interrupts: 'interrupts',
  'rolls pods': 'rolls pods',
  'config only': 'changes configuration only',
  'no effect': 'has no effect',
};

/**
 * The first line: everything that it does, the worst first, with the number of objects that it does it to.
 * @param subject what is done: `Merging this`, `Applying this`
 */
export function verdict({ entries }: Report, subject: string): string {
  if (entries.length === 0) return `${subject} changes nothing.`;
  const parts = impacts.flatMap((impact) => {
    const count = countOf(entries.filter((entry) => does(entry, impact)));
    return count === 0 ? [] : [`${VERBS[impact]} (${count})`];
  });
  return `${subject} ${parts.join(', ')}.`;
}

/** What is worse than nothing is told of an object beside the worst. */
function does({ impact: worst, effects }: Entry, impact: Impact): boolean {
  if (impact === 'config only' || impact === 'no effect') return worst === impact;
  return effects.some((effect) => effect.impact === impact);
}

/** The same part of several hosts counts once. */
function countOf(entries: readonly Entry[]): number {
  return new Set(
    entries.map(({ subject, host, file }) => (host === undefined ? `${file} ${subject}` : subject)),
  ).size;
}
