import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { type Path, type Problem, pathText } from './problem.ts';
import { clusterSchema } from './schema.ts';

/** Turns the schema library's issues into problems in our words. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], data: unknown): Problem[] {
  const problems = issues.flatMap((issue) => toProblems(issue, data));
  const misspelt = problems.filter(({ unknownKey }) => unknownKey).map(suggestedPath);
  return problems.filter(({ path, found }) => found !== undefined || !misspelt.includes(pathText(path)));
}

/** The key that an unknown key was meant to be: one mistake is reported once, where it was made. */
function suggestedPath({ path, suggestion }: Problem): string {
  return pathText([...path.slice(0, -1), suggestion ?? '']);
}

function toProblems(issue: z.core.$ZodIssue, data: unknown): Problem[] {
  const path = issue.path as Path;
  const found = valueAt(data, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], Object.keys(shapeAt(path, data))));
    case 'invalid_value':
      return [notOneOf(path, found, issue.values.map(String), issue.message)];
    case 'invalid_union':
      return [notOneOf(path, found, PROVIDER_KINDS, '')];
    case 'invalid_type':
      return [{ path, found, allowed: issue.expected === 'object' ? groupText(path, data) : issue.message }];
    default:
      return [{ path, found, allowed: issue.message }];
  }
}

const PROVIDER_KINDS = ['hetzner', 'static'];

function unknownKey(path: Path, known: string[]): Problem {
  const key = String(path.at(-1));
  return { path, found: null, unknownKey: true, allowed: known.join(', '), suggestion: meant(key, known) };
}

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

/** A misspelling is at most a third of the word away; anything farther is another word. */
function meant(word: string, known: string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(
    word.toLowerCase(),
    known.map((k) => k.toLowerCase()),
  );
  const match = known.find((k) => k.toLowerCase() === best) ?? best;
  return distance(word.toLowerCase(), best) <= Math.max(2, Math.ceil(match.length / 3)) ? match : undefined;
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
  schema = unwrap(schema, valueAt(data, path));
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
