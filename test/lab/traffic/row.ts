import { loadavg } from 'node:os';
import type { Failure, LoadReport, Tally } from './load.ts';

/** One line of the table. */
export interface Row {
  /** Names the test that measures it. */
  readonly id: string;
  readonly what: string;
  readonly requests: number;
  readonly failed: number;
  /** Requests that a second origin answered, since the first took no connection. */
  readonly secondTries: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly seconds: number;
  /** What the figures do not say. */
  readonly seen: string;
  /** ISO date. */
  readonly measured: string;
  /** Load average of the machine: two cores are full at 2. */
  readonly load: number;
}

/** Streams whose failures are counted in the row: all that need nothing but api and admin. */
const COUNTED = ['visitors', 'admins', 'patient'];

export function rowOf(id: string, what: string, report: LoadReport, seen: string): Row {
  const tallies = counted(report);
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  return {
    id,
    what,
    requests: sum(({ requests }) => requests),
    failed: sum(({ failed }) => failed),
    secondTries: sum(({ secondTries }) => secondTries),
    p50: report.all.p50,
    p99: report.all.p99,
    seconds: Math.round((report.endedMs - report.beganMs) / 1000),
    seen,
    measured: new Date(report.beganMs).toISOString().slice(0, 10),
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
}

function counted(report: LoadReport): Tally[] {
  return Object.entries(report.streams)
    .filter(([name]) => COUNTED.includes(name))
    .map(([, tally]) => tally);
}

/** The failures that a row counts, one line each, alike ones together; for the message of a test. */
export function failuresOf(report: LoadReport): string[] {
  return linesOf(countedFailures(report));
}

const countedFailures = (report: LoadReport): Failure[] =>
  counted(report).flatMap(({ failures }) => failures);

function linesOf(failures: readonly Failure[]): string[] {
  const lines = failures.map((failure) => describe(failure));
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, count]) => `${count} x ${line}`);
}

function describe({ status, error, origin, url }: Failure): string {
  const path = url.replace(/\?.*/, '');
  return `${path}: ${status === 0 ? error.replace(/:\d+->/g, '->') : `${status} from ${origin}`}`;
}

/** Requests that one of three nodes is sent in a second. A node that answers more of them with 404 is not starting. */
const MOST_AT_START = 35;

/**
 * Those without the 404 that a Traefik gives between its first connection and its routes (traefik/traefik#7347): plain HTTP
 * alone has them, as a TLS handshake fails in that time and is tried elsewhere.
 */
export function besidesStartOfTraefik(report: LoadReport): string[] {
  const failures = countedFailures(report);
  const notFound = ({ status }: Failure) => status === 404;
  const from = (origin: string) => failures.filter((each) => notFound(each) && each.origin === origin).length;
  return linesOf(failures.filter((each) => !notFound(each) || from(each.origin) > MOST_AT_START));
}

/** Milliseconds from a moment to the last request that was sent and failed; undefined when none did. */
export function lastFailureAfter(report: LoadReport, momentMs: number): number | undefined {
  const times = countedFailures(report).map(({ atMs }) => atMs);
  return times.length === 0 ? undefined : Math.max(...times) - momentMs;
}

/** In words, how long visitors noticed something. */
export function noticed(lastFailureMs: number | undefined): string {
  if (lastFailureMs === undefined) return 'nothing failed';
  const seconds = (lastFailureMs / 1000).toFixed(1);
  return lastFailureMs <= 0
    ? 'only what was under way failed'
    : `last one that failed was sent ${seconds} s after`;
}
