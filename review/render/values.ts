import type { Difference } from '../entry.ts';

/** Values as a reader sees them: on one line, short, and with what differs in sight. */

const LENGTH = 72;
/** Letters before and after a difference within a long text. */
const AROUND = 32;

/** What stood there and what stands there now; undefined where nothing does. */
export interface Sides {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function sides({ before, after }: Difference): Sides {
  if (
    typeof before === 'string' &&
    typeof after === 'string' &&
    Math.max(before.length, after.length) > LENGTH
  )
    return excerpts(before, after);
  return {
    before: before === undefined ? undefined : short(textOf(before)),
    after: after === undefined ? undefined : short(textOf(after)),
  };
}

/** A plain word as it is; a string that could be taken for a number, for nothing or for two lines in quotes. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value !== value.trim() || /^$|[\n\t]|^(true|false|null|-?[\d.]+)$/.test(value)
    ? JSON.stringify(value)
    : value;
}

function short(text: string): string {
  return text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text;
}

/** Two long texts, cut to where they differ. */
function excerpts(before: string, after: string): Sides {
  const start = commonLength(before, after);
  const end = commonLength(reversed(before.slice(start)), reversed(after.slice(start)));
  const cut = (text: string) => {
    const from = Math.max(0, start - AROUND);
    const to = Math.min(text.length, text.length - end + AROUND);
    return `${from > 0 ? '…' : ''}${middle(text.slice(from, to))}${to < text.length ? '…' : ''}`;
  };
  return { before: textOf(cut(before)), after: textOf(cut(after)) };
}

/** The first and the last part of what is still too long. */
function middle(text: string): string {
  return text.length > 2 * LENGTH ? `${text.slice(0, LENGTH)} … ${text.slice(-LENGTH)}` : text;
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

const reversed = (text: string) => [...text].reverse().join('');
