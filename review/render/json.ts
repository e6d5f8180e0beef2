import type { Report } from '../report.ts';
import type { Heading } from './text.ts';
import { verdict } from './verdict.ts';

/** The whole report for a script; nothing is folded. */
export function reportJSON(report: Report, { subject, compared }: Heading): string {
  return JSON.stringify({ verdict: verdict(report, subject), compared, ...report }, null, 2);
}
