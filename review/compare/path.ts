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
