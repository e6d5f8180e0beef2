import type { Secret } from './secret.ts';

const REDACTED = '[redacted]';

/** Shorter pieces would black out ordinary words. */
const SHORTEST = 6;

/** A function that blacks out the values of secrets in a text, however they were encoded on their way there. */
export type Redact = (text: string) => string;

/**
 * The second wall behind {@link Secret}: what other programs print may hold a value that this program only sent them.
 * Each line of a value of several lines counts, as do base64, percent-encoding and JSON escapes.
 */
export function redactor(secrets: readonly Secret[]): Redact {
  const pieces = new Set(secrets.flatMap((secret) => forms(secret.reveal())));
  // The longest first, so that a value is not left with the tail of a shorter one.
  const ordered = [...pieces].filter((piece) => piece.length >= SHORTEST).sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, piece) => rest.replaceAll(piece, REDACTED), text);
}

function forms(value: string): string[] {
  const parts = [value, ...value.split('\n').filter((line) => !line.startsWith('-----'))];
  return parts.flatMap((part) => [
    part,
    encodeURIComponent(part),
    JSON.stringify(part).slice(1, -1),
    Buffer.from(part).toString('base64'),
    Buffer.from(part).toString('base64url'),
  ]);
}
