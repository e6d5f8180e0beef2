import type { Difference } from '../entry.ts';

/** Values as a reader sees them: on one line, short, and with what differs in sight. */

const LENGTH = 72;
/** Letters before and after a difference within a long text. */
const AROUND = 20;

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

/** Two long texts, cut to the words in which they differ and some around them. */
function excerpts(before: string, after: string): Sides {
  const start = commonLength(before, after);
  const end = commonLength(reversed(before.slice(start)), reversed(after.slice(start)));
  const cut = (text: string) => {
    const from = wordAt(text, Math.max(0, start - AROUND), -1);
    const to = wordAt(text, Math.min(text.length, text.length - end + AROUND), 1);
    return `${from > 0 ? '…' : ''}${middle(text.slice(from, to))}${to < text.length ? '…' : ''}`;
  };
  return { before: textOf(cut(before)), after: textOf(cut(after)) };
}

/** The end of the word at a place, if it is near: forwards, or its beginning backwards. */
function wordAt(text: string, place: number, step: 1 | -1): number {
  for (let at = place, left = AROUND; left > 0; at += step, left--) {
    if (at <= 0 || at >= text.length) return Math.max(0, Math.min(at, text.length));
    if (/[\s,=]/.test(text[step === 1 ? at : at - 1] ?? '')) return at;
  }
  return place;
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
