import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './row.ts';
import { merged, pageWith, rowsOfDocs, tableOf } from './table.ts';

// A table that somebody edited by hand says what nobody measured.

const row = (id: string, failed = 0): Row => ({
  id,
  what: 'a change',
  requests: 1234,
  failed,
  secondTries: 0,
  p50: 1.2,
  p99: 34.5,
  seconds: 60,
  seen: 'nothing',
  measured: '2026-11-25',
  load: 1.5,
});

test('the page shows what was measured', () => {
  const page = readFileSync(join(__dirname, '../../../docs/traffic.md'), 'utf8');
  expect(page).toBe(pageWith(page, tableOf(rowsOfDocs())));
});

test('a row that is measured again takes its old place, a new one comes last, the others stay', () => {
  const rows = merged([row('a'), row('b'), row('c')], [row('d'), row('b', 7)]);
  expect(rows.map(({ id, failed }) => [id, failed])).toEqual([
    ['a', 0],
    ['b', 7],
    ['c', 0],
    ['d', 0],
  ]);
});

test('a page without its marks is refused, and not written without a table', () => {
  expect(() => pageWith('# Traffic', tableOf([]))).toThrow(/no marks/);
});
