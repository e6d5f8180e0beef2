import { diffArrays } from 'diff';
import type { Path } from './path.ts';
import { elementType, fieldType, mergeKeys, type Type } from './schema.ts';

/** One value that is not the same. What is not there is undefined. */
export interface Change {
  readonly path: Path;
  readonly before?: unknown;
  readonly after?: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Every place at which two values differ, as deep as it goes. Nothing when they are the same. */
export function compareValues(before: unknown, after: unknown, type?: Type, path: Path = []): Change[] {
  if (before === after) return [];
  if (isMap(before) && isMap(after)) return compareMaps(before, after, type, path);
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, type, path);
  // NaN is the only number that is not itself.
  return Object.is(before, after) ? [] : [{ path, before, after }];
}

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareMaps(before: Fields, after: Fields, type: Type | undefined, path: Path): Change[] {
  const came = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
  return [...Object.keys(before), ...came]
    .filter((key) => before[key] !== after[key])
    .flatMap((key) => compareValues(before[key], after[key], fieldType(type, key), [...path, key]));
}

type List = readonly unknown[];

function compareLists(before: List, after: List, type: Type | undefined, path: Path): Change[] {
  const keys = mergeKeys(type);
  const old = keys.length > 0 ? byKeys(before, keys) : undefined;
  const next = keys.length > 0 ? byKeys(after, keys) : undefined;
  if (old === undefined || next === undefined)
    return compareSequences(before, after, elementType(type), path);
  const items = new Set([...old.keys(), ...next.keys()]);
  return [
    ...[...items].flatMap((item) =>
      compareValues(old.get(item), next.get(item), elementType(type), [...path, { item }]),
    ),
    ...compareOrder(old, next, path),
  ];
}

/** The elements by the text of their merge keys; undefined when an element has none or shares it. */
function byKeys(list: List, keys: readonly string[]): Map<string, unknown> | undefined {
  const elements = new Map<string, unknown>();
  for (const element of list) {
    if (!isMap(element) || element[keys[0] ?? ''] === undefined) return undefined;
    // Of a port only the protocol may be left out.
    elements.set(keys.map((key) => element[key] ?? 'TCP').join('/'), element);
  }
  return elements.size === list.length ? elements : undefined;
}

/** The order of a merged list counts too: variables may refer to those before them, and pods roll when it changes. */
function compareOrder(old: Map<string, unknown>, next: Map<string, unknown>, path: Path): Change[] {
  const before = [...old.keys()].filter((item) => next.has(item));
  const after = [...next.keys()].filter((item) => old.has(item));
  if (before.every((item, i) => item === after[i])) return [];
  return [{ path: [...path, { item: 'order' }], before, after }];
}

/** Lists without merge keys: the fewest elements that leave and come; those in one place are compared with each other. */
function compareSequences(before: List, after: List, type: Type | undefined, path: Path): Change[] {
  const changes: Change[] = [];
  const [old, next] = [before.map(textOf), after.map(textOf)];
  if (old.length === next.length && old.every((text, i) => text === next[i])) return [];
  let [i, j] = [0, 0];
  let left: List = [];
  for (const { added, removed, count } of diffArrays(old, next)) {
    if (removed) {
      left = before.slice(i, i + count);
      i += count;
      continue;
    }
    const came = added ? after.slice(j, j + count) : [];
    changes.push(...comparePlaces(left, came, i - left.length, j, type, path));
    left = [];
    j += count;
    if (!added) i += count;
  }
  return [...changes, ...comparePlaces(left, [], i - left.length, j, type, path)];
}

function comparePlaces(
  left: List,
  came: List,
  oldPlace: number,
  newPlace: number,
  type: Type | undefined,
  path: Path,
): Change[] {
  return Array.from({ length: Math.max(left.length, came.length) }, (_, k) => {
    const place = k < came.length ? newPlace + k : oldPlace + k;
    return compareValues(left[k], came[k], type, [...path, { item: String(place) }]);
  }).flat();
}

const textOf = (value: unknown) => JSON.stringify(value) ?? 'undefined';
