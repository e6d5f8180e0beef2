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
 * The first line: what it does, the worst first, with the number of objects that do no worse.
 * @param subject what is done: `Merging this`, `Applying this`
 */
export function verdict({ entries }: Report, subject: string): string {
  if (entries.length === 0) return `${subject} changes nothing.`;
  const parts = impacts.flatMap((impact) => {
    const count = countOf(entries.filter((entry) => entry.impact === impact));
    return count === 0 ? [] : [`${VERBS[impact]} (${count})`];
  });
  return `${subject} ${parts.join(', ')}.`;
}

/** The same part of several hosts counts once. */
function countOf(entries: readonly Entry[]): number {
  return new Set(
    entries.map(({ subject, host, file }) => (host === undefined ? `${file} ${subject}` : subject)),
  ).size;
}
