import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { type KubeObject, LAST_APPLIED } from '../object.ts';

/** What the API server adds to every object, and what controllers report: nothing that dist/ could say. */
const SERVERS_OWN = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'uid'];

/** An object as far as applying dist/ can change it. Of a Secret without its values: they are not in dist/. */
export function cleaned(object: KubeObject): Record<string, unknown> {
  const { status, metadata, data, ...rest } = object;
  const { annotations, ...own } = without(metadata as unknown as Record<string, unknown>, SERVERS_OWN);
  const kept = without((annotations ?? {}) as Record<string, unknown>, [LAST_APPLIED]);
  return {
    ...rest,
    metadata: { ...own, ...(Object.keys(kept).length > 0 && { annotations: kept }) },
    ...(object.kind !== 'Secret' && data !== undefined && { data }),
  };
}

function without(record: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

export function asText(object: KubeObject): string {
  return stringify(cleaned(object), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** `spec.replicas 5 → 3`, `spec.template.spec.containers.api.image a → b`: each place in which two objects differ. */
export function differences(before: KubeObject, after: KubeObject): string[] {
  return compare(cleaned(before), cleaned(after), '');
}

function compare(before: unknown, after: unknown, path: string): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [a, b] = [keyed(before), keyed(after)];
  if (a && b) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => compare(a[key], b[key], path === '' ? key : `${path}.${key}`));
  }
  if (before === undefined) return [`${path} added`];
  if (after === undefined) return [`${path} removed`];
  return [isShort(before) && isShort(after) ? `${path} ${before} → ${after}` : `${path} changed`];
}

/** Things by their names: keys of an object, and elements of a list whose elements all have one. */
function keyed(value: unknown): Record<string, unknown> | undefined {
  if (Array.isArray(value)) {
    const names = value.map((element) => (element as { name?: unknown } | null)?.name);
    const named = names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
    return named ? Object.fromEntries(value.map((element, i) => [names[i], element])) : undefined;
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** Characters; a whole file in a ConfigMap is better read in the diff. */
const SHORT = 60;
const isShort = (value: unknown) =>
  typeof value !== 'object' && String(value).length <= SHORT && !String(value).includes('\n');
