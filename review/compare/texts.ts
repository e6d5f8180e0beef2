import { YAMLException } from 'js-yaml';
import { readYAML } from '../yaml.ts';
import { type Change, compareValues, isMap } from './values.ts';

/**
 * Differences within texts of several lines, such as the files of a ConfigMap: by key where they are YAML or JSON, else
 * line by line.
 */
export function withinTexts(changes: readonly Change[]): Change[] {
  return changes.flatMap((change) => {
    const { path, before, after } = change;
    if (typeof before !== 'string' || typeof after !== 'string') return [change];
    if (!before.includes('\n') && !after.includes('\n')) return [change];
    const inside = compareTexts(String(path.at(-1)), before, after);
    return inside.map((part) => ({ ...part, path: [...path, ...part.path] }));
  });
}

/** What differs between two texts of this file name. The same data in another form is a difference of lines. */
export function compareTexts(name: string, before: string, after: string): Change[] {
  const inside = /\.(ya?ml|json)$/.test(name) ? compareData(before, after) : [];
  return inside.length > 0 ? inside : compareLines(before.split('\n'), after.split('\n'));
}

function compareData(before: string, after: string): Change[] {
  const [old, next] = [data(before), data(after)];
  return isMap(old) && isMap(next) ? compareValues(old, next) : [];
}

function data(text: string): unknown {
  try {
    return readYAML(text);
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}

/** Lines that leave and come; those in one place are one change. Numbered as after the change, or before it if gone. */
function compareLines(before: readonly string[], after: readonly string[]): Change[] {
  return compareValues(before, after).map(({ path, ...values }) => {
    const [place] = path;
    const number = typeof place === 'object' ? Number(place.item) + 1 : 1;
    return { path: [{ item: `line ${number}` }], ...values };
  });
}
