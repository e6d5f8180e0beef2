/** Where in an object something is. */

/** An element of a list, by its merge key or, where it has none, its place. */
export interface Item {
  readonly item: string;
}

/** A key of a map, or an element of a list. */
export type Step = string | Item;
export type Path = readonly Step[];

/** `spec.containers[api].image`; a key that is no plain word stands in quotes. */
export function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === 'string' ? keyText(step, i) : itemText(step, i))).join('');
}

const itemText = ({ item }: Item, index: number) => (index > 0 ? `[${item}]` : item);

function keyText(key: string, index: number): string {
  if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
  return index > 0 ? `.${key}` : key;
}

/** The path without the elements of lists, `spec.containers.image`: what a table of fields is asked for. */
export function fieldOf(path: Path): string {
  return path.filter((step) => typeof step === 'string').join('.');
}

/** True when the field is this one or below it. */
export function isWithin(field: string, parent: string): boolean {
  return field === parent || field.startsWith(`${parent}.`);
}

/** True when one path leads to the other. */
export function overlaps(a: Path, b: Path): boolean {
  return a.every((step, i) => i >= b.length || same(step, b[i]));
}

function same(a: Step | undefined, b: Step | undefined): boolean {
  if (typeof a === 'object' && typeof b === 'object') return a.item === b.item;
  return a === b;
}

/** What is of interest in a value: of a map some keys, with what is of interest in each; undefined is all of it. */
export type Parts = ReadonlyMap<string, Parts> | undefined;

/** The parts that these paths lead to. A list is of interest as a whole. */
export function partsAt(paths: readonly Path[]): Parts {
  const byKey = new Map<string, Path[]>();
  for (const [key, ...rest] of paths) {
    if (typeof key !== 'string') return undefined;
    const rests = byKey.get(key);
    if (rests) rests.push(rest);
    else byKey.set(key, [rest]);
  }
  return new Map([...byKey].map(([key, rests]) => [key, partsAt(rests)]));
}
