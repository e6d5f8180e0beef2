import { setTimeout as pass } from 'node:timers/promises';
import { calm } from './calm.ts';
import type { LoadReport, Stream } from './load.ts';
import { record } from './record.ts';
import { failuresOf, rowOf } from './row.ts';
import type { Site } from './site.ts';

/** A row to be measured. */
export interface Subject {
  readonly id: string;
  readonly what: string;
  /** Deadline in minutes (default 8). */
  readonly minutes?: number;
  /** Measured in the short form too. */
  readonly short?: boolean;
}

/** Keeps what was measured, before anything is expected of it. */
export type Write = (report: LoadReport, seen: string) => void;

/** Keeps a row; for a test that measures two. */
export const keep = ({ id, what }: Subject, report: LoadReport, seen: string): void =>
  record(rowOf(id, what, report, seen), failuresOf(report));

/** A test that measures one row on a site that is whole. Run it alone with `-t ID`. */
export function measures(
  site: () => Site,
  subject: Subject,
  body: (site: Site, write: Write) => Promise<void>,
): void {
  const { id, what, minutes = 8, short = false } = subject;
  const run = async () => {
    await calm(site());
    await body(site(), (report, seen) => keep(subject, report, seen));
  };
  const skipped = process.env.LAB_TRAFFIC === 'short' && !short;
  (skipped ? test.skip : test)(`${id}: ${what}`, run, minutes * 60_000);
}

/** Load before the change and after it, so that the row shows the difference. */
const LEAD_MS = 3_000;
const TAIL_MS = 5_000;

/** Does something under load. @throws whatever `work` throws */
export async function underLoad(
  site: Site,
  streams: readonly Stream[],
  work: () => Promise<void>,
): Promise<LoadReport> {
  const load = await site.load(streams);
  let report: LoadReport;
  try {
    await pass(LEAD_MS);
    await work();
    await pass(TAIL_MS);
  } finally {
    report = await load.stop();
  }
  return report;
}

/** Seconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = Date.now();
  await work();
  return Math.round((Date.now() - began) / 1000);
}
