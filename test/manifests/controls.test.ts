import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariants } from './invariants/index.ts';

// docs/controls.md is where a reviewer looks up a control: a row that is missing, or that names a test which is gone,
// is a promise that nobody keeps.

const root = join(__dirname, '../..');

interface Row {
  readonly id: string;
  readonly where: string;
  readonly proof: string;
}

const rows = readFileSync(join(root, 'docs/controls.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]-\d/.test(line))
  .map((line): Row => {
    const [id = '', , where = '', proof = ''] = line.slice(2, -2).split(' | ');
    return { id, where, proof };
  });

/** How many controls each family has. */
const FAMILIES = { P: 12, Z: 8, T: 13, N: 13, R: 8, Q: 5, V: 5, O: 4, S: 10, K: 13, H: 8 };

const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
const isPath = (word: string) => /\.(ts|yaml|json)$/.test(word) && !word.startsWith('/');

test('every control has one row', () => {
  const ids = Object.entries(FAMILIES).flatMap(([family, count]) =>
    Array.from({ length: count }, (_, i) => `${family}-${i + 1}`),
  );
  expect(rows.map(({ id }) => id)).toEqual(ids);
});

test('every file that a row names is there', () => {
  const files = rows.flatMap(({ where, proof }) => quoted(`${where} ${proof}`)).filter(isPath);
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test.each(rows)('$id names exactly the invariants that prove it', ({ id, proof }) => {
  const named = quoted(proof).filter((word) => !isPath(word));
  const proving = invariants.filter(({ controls }) => controls.includes(id)).map(({ name }) => name);
  expect(named.toSorted()).toEqual(proving.toSorted());
});

test('no invariant proves a control that is not in the table', () => {
  const known = rows.map(({ id }) => id);
  const unknown = invariants.flatMap(({ name, controls }) =>
    controls.filter((id) => !known.includes(id)).map((id) => `${name}: ${id}`),
  );
  expect(unknown).toEqual([]);
});
