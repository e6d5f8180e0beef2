import { type Document, isMap, isNode, isScalar, parseDocument } from 'yaml';
import { clusterJSONSchema } from '../../config/json-schema.ts';
import { errorsOf, goodText } from './edits.ts';

/**
 * Whatever an operator leaves behind in one place, loading answers with lines that say where: an error of our own
 * code in place of them would be a stack trace that names no line of cluster.yaml.
 */

type Path = readonly (string | number)[];

/** What may be left where something else belongs; JSON is YAML too. */
const strays = ['null', '-1.5', '"some text"', '["a", null, 3, [], {}]', '{ "other": 1 }'];

const good = parseDocument(goodText);

const placesIn = (value: unknown, path: Path): Path[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) =>
        placesIn(inner, [...path, Array.isArray(value) ? Number(key) : key]),
      )
    : []),
];

/** Of nodes, and of the resources of workloads, one stands for its likes: they share a schema and their rules. */
const isLikeAnother = (path: Path) =>
  (path[0] === 'nodes' && Number(path[1]) > 0) ||
  (path[2] === 'resources' && path.length > 3 && path[1] !== 'redis');

const everyPlace = placesIn(good.toJS(), []).slice(1);
const places = everyPlace.filter((path) => !isLikeAnother(path));

/** The text with something else in the place of a value. */
function withStray(place: Path, stray: string): string {
  const node: unknown = good.getIn(place, true);
  if (!isNode(node) || !node.range) throw new Error(`nothing at ${place.join('.')}`);
  const [start, end] = node.range;
  const newline = goodText[end - 1] === '\n' ? '\n' : '';
  return `${goodText.slice(0, start)}${stray}${newline}${goodText.slice(end)}`;
}

function edited(edit: (document: Document) => void): string {
  const document = good.clone();
  edit(document);
  return document.toString({ lineWidth: 0 });
}

const WELL_FORMED =
  /^cluster\.yaml:([1-9]\d*):([1-9]\d*): (?:[\w.[\]-]+: )?(?:found .+|unknown key); allowed: .*\S$/;

/** Fails unless each line is well formed, points into the file, is there once and in the order of the file. */
function checkLines(lines: readonly string[], text: string): void {
  const widths = text.split('\n').map((row) => row.length);
  let before: readonly [number, number] = [0, 0];
  for (const line of lines) {
    const [, row, column] = (WELL_FORMED.exec(line) ?? []).map(Number);
    if (row === undefined || column === undefined || / (undefined|\[object|Invalid) /.test(line))
      throw new Error(`not well formed: ${line}`);
    if (column > (widths[row - 1] ?? -1) + 1) throw new Error(`points outside the file: ${line}`);
    if (row < before[0] || (row === before[0] && column < before[1]))
      throw new Error(`not in the order of the file:\n${lines.join('\n')}`);
    before = [row, column];
  }
  if (new Set(lines).size !== lines.length) throw new Error(`told twice:\n${lines.join('\n')}`);
}

test.each(strays)('%s in the place of any value', (stray) => {
  const accepted = places.filter((place) => {
    const text = withStray(place, stray);
    const lines = errorsOf(text);
    checkLines(lines, text);
    return lines.length === 0;
  });
  // No value may be left out by an empty or a negative one, nor be of a kind that nothing else is.
  expect(accepted).toEqual([]);
});

test.each(strays)('%s in the place of the whole file', (stray) => {
  expect(errorsOf(stray)).not.toEqual([]);
  checkLines(errorsOf(stray), stray);
});

test('any key left out', () => {
  for (const place of places) {
    const text = edited((document) => document.deleteIn(place));
    checkLines(errorsOf(text), text);
  }
});

test('any key with a letter too many is told in one line, with the key that was meant', () => {
  for (const place of places) {
    const group: unknown = good.getIn(place.slice(0, -1), true);
    if (!isMap(group)) continue;
    const name = place.at(-1);
    const key = group.items.map((item) => item.key).find((k) => isScalar(k) && k.value === name);
    const end = isScalar(key) && key.range ? key.range[1] : Number.NaN;
    const lines = errorsOf(`${goodText.slice(0, end)}x${goodText.slice(end)}`);
    expect(lines).toEqual([expect.stringMatching(`${name}x: unknown key; .*; did you mean ${name}\\?$`)]);
  }
});

test('a key too many in any group is told in one line, also where a rule walks through the group', () => {
  const groups = places.filter((place) => isMap(good.getIn(place, true)));
  for (const group of [[], ...groups]) {
    const text = edited((document) => document.setIn([...group, 'zzz'], document.createNode(['a', null])));
    expect(errorsOf(text)).toEqual([expect.stringMatching(/zzz: unknown key; allowed: [^;]*$/)]);
  }
});

test('a file that ends too early is refused: half a copy is not a smaller deployment', () => {
  const lines = goodText.trimEnd().split('\n');
  for (let count = 0; count < lines.length; count += 5) {
    expect([count, errorsOf(lines.slice(0, count).join('\n'))]).not.toEqual([count, []]);
  }
});

test('the good file holds every key of the schema, so that the tests above leave none out', () => {
  interface Shape {
    readonly properties?: Readonly<Record<string, Shape>>;
    readonly items?: Shape;
    readonly oneOf?: readonly Shape[];
    readonly anyOf?: readonly Shape[];
  }
  const keysOf = ({ properties = {}, items, oneOf = [], anyOf = [] }: Shape, at: string): string[] => [
    ...Object.entries(properties).flatMap(([key, inner]) => [
      `${at}.${key}`,
      ...keysOf(inner, `${at}.${key}`),
    ]),
    ...(items ? keysOf(items, `${at}[]`) : []),
    ...[...oneOf, ...anyOf].flatMap((option) => keysOf(option, at)),
  ];
  const there = everyPlace.map((place) =>
    place.map((p) => (typeof p === 'number' ? '[]' : `.${p}`)).join(''),
  );
  const known = keysOf(JSON.parse(clusterJSONSchema()) as Shape, '');
  expect(known.length).toBeGreaterThan(80);
  // It has one kind of provider; the user is of the other.
  expect(known.filter((key) => !there.includes(key))).toEqual(['.provider.user']);
});
