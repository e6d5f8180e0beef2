import { amount } from '../../config/quantity.ts';
import type { Manifest } from '../../synth/render.ts';
import { withDefaults } from './defaults.ts';
import type { Parts } from './path.ts';
import { elementType, fieldType, isMap as isFreeMap, isQuantity, type Type, typeOf } from './schema.ts';
import { isMap } from './values.ts';

/**
 * The object as the API server would keep it, as far as comparing needs: defaults filled in, quantities as numbers, and
 * nothing that is empty and therefore not stored.
 * @param parts left out is what is of no interest, unless a default takes its place
 */
export function normal(object: Manifest, parts?: Parts): unknown {
  return normalise(object, typeOf(object), parts);
}

function normalise(value: unknown, type: Type | undefined, parts?: Parts): unknown {
  if (isQuantity(type)) return quantity(value);
  if (Array.isArray(value)) return value.map((element) => normalise(element, elementType(type)));
  if (!isMap(value)) return value;
  const filled = withDefaults(withoutNull(value), type?.name);
  const stored: [string, unknown][] = [];
  for (const [key, child] of Object.entries(filled)) {
    if (parts && !parts.has(key) && child === value[key]) continue;
    const field = fieldType(type, key);
    if (!isEmpty(child, field)) stored.push([key, normalise(child, field, parts?.get(key))]);
  }
  return Object.fromEntries(stored);
}

/** As a number where it is one; what the API server will refuse stays as it is. */
function quantity(value: unknown): unknown {
  const number = amount(value as string | number);
  return Number.isNaN(number) ? value : number;
}

function withoutNull(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!Object.values(fields).includes(null)) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** An empty list or map is not stored; an empty object with fields, such as `emptyDir: {}`, means something. */
function isEmpty(value: unknown, type: Type | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isFreeMap(type) && isMap(value) && Object.keys(value).length === 0;
}
