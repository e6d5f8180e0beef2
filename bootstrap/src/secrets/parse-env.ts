import type { EnvProblem } from './problem.ts';

/** An assignment as it stands in the file. */
export interface EnvEntry {
  readonly name: string;
  readonly value: string;
  /** Of the name. */
  readonly line: number;
  readonly column: number;
}

interface Parsed {
  readonly entries: readonly EnvEntry[];
  readonly problems: readonly EnvProblem[];
}

/**
 * Reads NAME=value lines. Nothing is interpolated or executed. A value stands bare (without spaces, quotes and #),
 * in single quotes (as it is), or in double quotes (over several lines if need be, with \n, \", \\ and \$). What a
 * shell or another parser would read differently is refused, so that a value means the same to everybody.
 */
export function parseEnv(source: string): Parsed {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const reader = new Reader(text);
  const entries: EnvEntry[] = [];
  const problems: EnvProblem[] = [];
  while (!reader.atEnd()) {
    const at = reader.place();
    try {
      const entry = readLine(reader);
      if (entry) entries.push(entry);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problems.push({ ...error.place, text: error.message });
      reader.recover(at.line);
    }
  }
  return { entries, problems };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

class Unreadable extends Error {
  constructor(
    readonly place: Place,
    message: string,
  ) {
    super(message);
  }
}

/** Reads to the end of the line, or of the value when that runs over several. */
function readLine(reader: Reader): EnvEntry | undefined {
  reader.take(/[ \t]*/y);
  if (reader.take(/(#.*)?(\n|$)/y) !== undefined) return undefined;
  const at = reader.place();
  const name = reader.take(/[^\s=#'"]+/y) ?? '';
  if (name === 'export') throw new Unreadable(at, 'no export here: only NAME=value');
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
    throw new Unreadable(
      at,
      'expected NAME=value, where NAME has upper-case letters, digits and _; a value of several lines stands in double quotes',
    );
  }
  if (reader.take(/=/y) === undefined)
    throw new Unreadable(reader.place(), `${name}: expected = right after the name`);
  const valueAt = reader.place();
  const value = readValue(reader, name);
  const bad = [...value].find((char) => char !== '\n' && char !== '\t' && /\p{Cc}/u.test(char));
  if (bad !== undefined) throw new Unreadable(valueAt, `${name}: holds a control character`);
  return { name, value, ...at };
}

function readValue(reader: Reader, name: string): string {
  const at = reader.place();
  if (reader.take(/'/y) !== undefined) {
    const value = reader.take(/[^'\n]*/y) ?? '';
    if (reader.take(/'/y) === undefined)
      throw new Unreadable(
        at,
        `${name}: the single quote is not closed on its line; a value of several lines stands in double quotes`,
      );
    return ended(reader, name, value);
  }
  if (reader.take(/"/y) !== undefined) return ended(reader, name, readDoubleQuoted(reader, name, at));
  const value = reader.take(/[^\s'"#]*/y) ?? '';
  const next = reader.place();
  if (reader.take(/[ \t]*(\n|$)/y) !== undefined) return value;
  throw new Unreadable(next, `${name}: put the value in single quotes, as it holds a space, a quote or #`);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\', $: '$' };

function readDoubleQuoted(reader: Reader, name: string, at: Place): string {
  let value = '';
  for (;;) {
    value += reader.take(/[^"\\]*/y) ?? '';
    const escapeAt = reader.place();
    if (reader.take(/"/y) !== undefined) return value;
    if (reader.take(/\\/y) === undefined)
      throw new Unreadable(at, `${name}: the double quote is never closed`);
    const char = ESCAPES[reader.take(/[\s\S]/y) ?? ''];
    if (char === undefined)
      throw new Unreadable(
        escapeAt,
        `${name}: in double quotes \\ only stands before n, ", \\ and $; single quotes take it as it is`,
      );
    value += char;
  }
}

/** After a closing quote only a comment may follow. */
function ended(reader: Reader, name: string, value: string): string {
  const at = reader.place();
  if (reader.take(/[ \t]*([ \t]#.*)?(\n|$)/y) === undefined) {
    throw new Unreadable(at, `${name}: something follows the closing quote`);
  }
  return value;
}

/** A position in a text, moved on by what it is asked to take. */
class Reader {
  #offset = 0;
  constructor(private readonly text: string) {}

  atEnd(): boolean {
    return this.#offset >= this.text.length;
  }

  /** @param pattern sticky; @returns what it matched here, which may be nothing; undefined when it does not match */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const [match] = pattern.exec(this.text) ?? [];
    if (match !== undefined) this.#offset += match.length;
    return match;
  }

  place(): Place {
    const before = this.text.slice(0, this.#offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }

  /**
   * Goes on, after an entry that began in this line and cannot be read, with the next line that looks like a beginning:
   * one mistake hides no other, and the lines of a key that lost its quotes are not a mistake each.
   */
  recover(line: number): void {
    const lines = this.text.split('\n');
    const next = lines.findIndex((rest, i) => i >= line && /^[ \t]*(#|$|[A-Z][A-Z0-9_]*=)/.test(rest));
    this.#offset = next < 0 ? this.text.length : lines.slice(0, next).join('\n').length + 1;
  }
}
