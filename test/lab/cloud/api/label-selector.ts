import type { Labels } from '../state/model.ts';
import { invalidField } from './errors.ts';

type Test = (labels: Labels) => boolean;

const key = '[A-Za-z0-9][A-Za-z0-9._/-]*';
const value = '[A-Za-z0-9._-]*';

/** One form of expression each, from the provider's reference ("Label Selector"). */
const forms: readonly { pattern: RegExp; test: (k: string, v: string) => Test }[] = [
  { pattern: form(`(${key})\\s*==?\\s*(${value})`), test: (k, v) => (labels) => labels[k] === v },
  { pattern: form(`(${key})\\s*!=\\s*(${value})`), test: (k, v) => (labels) => labels[k] !== v },
  {
    pattern: form(`(${key})\\s+in\\s*\\(([^()]*)\\)`),
    test: (k, v) => (labels) => oneOf(v, labels[k]),
  },
  {
    pattern: form(`(${key})\\s+notin\\s*\\(([^()]*)\\)`),
    test: (k, v) => (labels) => !oneOf(v, labels[k]),
  },
  { pattern: form(`!\\s*(${key})`), test: (k) => (labels) => !(k in labels) },
  { pattern: form(`(${key})`), test: (k) => (labels) => k in labels },
];

/**
 * Compiles a label selector such as `env in (a,b),!old` into a test of a label set.
 * @throws ApiError `invalid_input` naming the field when the selector cannot be read
 */
export function parseSelector(text: string, field = 'label_selector'): Test {
  const tests = splitOutsideParentheses(text).map((part) => compile(part.trim(), field));
  return (labels) => tests.every((test) => test(labels));
}

function compile(expression: string, field: string): Test {
  for (const { pattern, test } of forms) {
    const match = pattern.exec(expression);
    if (match) return test(match[1] ?? '', match[2] ?? '');
  }
  throw invalidField(field, `cannot be parsed at '${expression}'`);
}

function form(body: string): RegExp {
  return new RegExp(`^${body}$`);
}

function oneOf(list: string, actual: string | undefined): boolean {
  return (
    actual !== undefined &&
    list
      .split(',')
      .map((entry) => entry.trim())
      .includes(actual)
  );
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/);
}
