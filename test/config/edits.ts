import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCluster } from '../../config/load.ts';
import { ConfigError } from '../../config/problem.ts';
import type { Cluster } from '../../config/schema.ts';

/** A cluster.yaml without a mistake, which the tests break. */
export const goodText = readFileSync(join(__dirname, 'cluster.yaml'), 'utf8');

export type Edit = (text: string) => string;

/** One mistake, or several at once, and every line that an operator then reads. */
export interface Case {
  readonly why: string;
  readonly edit: Edit;
  readonly errors: readonly string[];
}

/** Replaces what stands exactly once; anything else throws, so that no case silently tests the good file. */
export function swap(from: string, to: string): Edit {
  return (text) => {
    const count = text.split(from).length - 1;
    if (count !== 1) throw new Error(`${JSON.stringify(from)} stands ${count} times in the text, not once`);
    return text.replace(from, () => to);
  };
}

/** Puts lines below the one that stands exactly once. */
export const below = (line: string, added: string): Edit => swap(`${line}\n`, `${line}\n${added}\n`);

export const drop = (from: string): Edit => swap(from, '');

/** Several edits, one after the other. */
export const all =
  (...edits: Edit[]): Edit =>
  (text) =>
    edits.reduce((edited, edit) => edit(edited), text);

/** The good cluster after an edit that leaves it good. */
export function cluster(...edits: Edit[]): Cluster {
  return parseCluster(all(...edits)(goodText), 'cluster.yaml');
}

/** The lines that loading ends with; none when it succeeds. Any other error than ConfigError is thrown on. */
export function errorsOf(text: string): readonly string[] {
  try {
    parseCluster(text, 'cluster.yaml');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
}
