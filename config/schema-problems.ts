import { z } from 'zod';
import { type Path, type Problem, pathMeant, pathText } from './problem.ts';
import { clusterSchema } from './schema.ts';
import { meant } from './suggestion.ts';

/** Turns the schema library's issues into problems in our words: one mistake is reported once, where it was made. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], data: unknown): Problem[] {
  const problems = issues.flatMap((issue) => toProblems(issue, data));
  // Unknown keys come first, so that one of them stands for the key that it was meant to be.
  const sorted = [...problems.filter(isUnknownKey), ...problems.filter((problem) => !isUnknownKey(problem))];
  const seen = new Set<string>();
  return sorted.filter((problem) => {
    const place = pathText(pathMeant(problem));
    return isUnknownKey(problem) ? seen.add(place) : !seen.has(place) && seen.add(place);
  });
}

const isUnknownKey = ({ unknownKey }: Problem) => unknownKey === true;

function toProblems(issue: z.core.$ZodIssue, data: unknown): Problem[] {
  const path = issue.path as Path;
  const found = valueAt(data, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(issue.keys, path, data);
    case 'invalid_value':
      return [notOneOf(path, found, issue.values.map(String), issue.message)];
    case 'invalid_union':
      return [...keysOfNoKind(path.slice(0, -1), data), notOneOf(path, found, PROVIDER_KINDS, '')];
    case 'invalid_type':
      return [{ path, found, allowed: issue.expected === 'object' ? groupText(path, data) : issue.message }];
    default:
      return [{ path, found, allowed: issue.message }];
  }
}

const PROVIDER_KINDS = ['hetzner', 'static'];

/** Without a kind the schema looks no further; a misspelt `kind` is still named. */
function keysOfNoKind(path: Path, data: unknown): Problem[] {
  const known = shapeAt(path, data);
  return unknownKeys(
    keysOf(valueAt(data, path)).filter((key) => !(key in known)),
    path,
    data,
  );
}

function unknownKeys(keys: readonly string[], path: Path, data: unknown): Problem[] {
  const known = Object.keys(shapeAt(path, data));
  const present = keysOf(valueAt(data, path));
  const free = known.filter((key) => !present.includes(key));
  return keys.map((key) => ({
    path: [...path, key],
    found: null,
    unknownKey: true,
    allowed: known.join(', '),
    suggestion: meant(key, free),
  }));
}

const keysOf = (data: unknown) => (typeof data === 'object' && data !== null ? Object.keys(data) : []);

function notOneOf(path: Path, found: unknown, values: string[], message: string): Problem {
  const own = message.startsWith('Invalid') ? '' : message;
  return {
    path,
    found,
    allowed: own || values.join(' or '),
    suggestion: typeof found === 'string' ? meant(found, values) : undefined,
  };
}

function groupText(path: Path, data: unknown): string {
  return `a group with the keys ${Object.keys(shapeAt(path, data)).join(', ')}`;
}

/** The value at a path, undefined where the path leads nowhere. */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    data,
  );
}

/** The keys that the schema allows at a path. */
function shapeAt(path: Path, data: unknown): Record<string, z.core.$ZodType> {
  let schema: z.core.$ZodType = clusterSchema;
  path.forEach((key, depth) => {
    schema = unwrap(schema, valueAt(data, path.slice(0, depth)));
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[key] ?? z.unknown();
  });
  return shapeOf(unwrap(schema, valueAt(data, path)));
}

/** Of a union whose member is not known yet, the keys of all members. */
function shapeOf(schema: z.core.$ZodType): Record<string, z.core.$ZodType> {
  if (schema instanceof z.ZodDiscriminatedUnion) return Object.assign({}, ...schema.options.map(shapeOf));
  return schema instanceof z.ZodObject ? schema.shape : {};
}

/** The schema inside an optional one, and of a union the member whose `kind` the data has. */
function unwrap(schema: z.core.$ZodType, data: unknown): z.core.$ZodType {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap(), data);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const kind = valueAt(data, ['kind']);
    return schema.options.find((o) => o instanceof z.ZodObject && o.shape.kind?.value === kind) ?? schema;
  }
  return schema;
}
