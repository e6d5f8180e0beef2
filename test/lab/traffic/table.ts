import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedRows } from './record.ts';
import type { Row } from './row.ts';

/** `npm run traffic:table`: brings what was measured here into docs/traffic.md; rows that were not measured stay. */

const ROOT = join(__dirname, '../../..');
const DATA = join(ROOT, 'docs/traffic.json');
const PAGE = join(ROOT, 'docs/traffic.md');

/** The rows of the docs, in the order of the page. */
export function rowsOfDocs(): Row[] {
  return JSON.parse(readFileSync(DATA, 'utf8')) as Row[];
}

/** Newer rows take the place of those of the same id; new ones come last. */
export function merged(known: readonly Row[], fresh: readonly Row[]): Row[] {
  const replaced = known.map((row) => fresh.find(({ id }) => id === row.id) ?? row);
  return [...replaced, ...fresh.filter(({ id }) => known.every((row) => row.id !== id))];
}

const HEAD = ['row', 'what', 'requests', 'failed', 'second tries', 'p50 ms', 'p99 ms', 's', 'load', 'seen'];

/** The table, in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    `\`${row.id}\``,
    row.what,
    thousands(row.requests),
    String(row.failed),
    thousands(row.secondTries),
    row.p50.toFixed(0),
    thousands(Math.round(row.p99)),
    String(row.seconds),
    row.load.toFixed(0),
    row.seen,
  ]);
  return [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const thousands = (n: number): string => n.toLocaleString('en-US');

/** A page with another table between its two marks. @throws Error when it has no marks */
export function pageWith(page: string, table: string): string {
  const marks = /(<!-- table -->\n)[\s\S]*?(<!-- end of table -->)/;
  if (!marks.test(page)) throw new Error('docs/traffic.md has no marks for its table');
  return page.replace(marks, (_, begin: string, end: string) => `${begin}${table}\n${end}`);
}

if (require.main === module) {
  const rows = merged(rowsOfDocs(), recordedRows());
  writeFileSync(DATA, `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), tableOf(rows)));
  process.stdout.write(`${rows.length} rows in docs/traffic.md\n`);
}
