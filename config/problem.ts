/** Keys and list positions from the top of cluster.yaml, for example ['nodes', 0, 'alias']. */
export type Path = readonly (string | number)[];

/** One thing that is wrong in cluster.yaml. */
export interface Problem {
  readonly path: Path;
  /** What stands there; undefined when nothing does. */
  readonly found: unknown;
  /** What may stand there, as the end of a sentence. */
  readonly allowed: string;
  /** The key itself is wrong, not its value. */
  readonly unknownKey?: boolean;
  /** A word that was probably meant. */
  readonly suggestion?: string;
}

/** cluster.yaml cannot be used. The message lists every problem, one a line, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

/** `nodes[0].alias`, as an operator would write it; a key that is no plain word stands in quotes. */
export function pathText(path: Path): string {
  const parts = path.map((part, i) => {
    if (typeof part === 'number') return `[${part}]`;
    return `${i > 0 ? '.' : ''}${/^[\w-]+$/.test(part) ? part : shortened(part)}`;
  });
  return parts.join('');
}

/** The path that a problem is about: of a misspelt key, that of the key that was meant. */
export function pathMeant({ path, unknownKey, suggestion }: Problem): Path {
  return unknownKey && suggestion !== undefined ? [...path.slice(0, -1), suggestion] : path;
}

/** The problem as one sentence, without its place in the file. */
export function problemText({ path, found, allowed, unknownKey, suggestion }: Problem): string {
  const what = unknownKey ? 'unknown key' : `found ${foundText(found)}`;
  const hint = suggestion ? `; did you mean ${suggestion}?` : '';
  return `${path.length > 0 ? `${pathText(path)}: ` : ''}${what}; allowed: ${allowed}${hint}`;
}

/** Long enough for an image with its digest. */
const FOUND_LENGTH = 140;

function foundText(found: unknown): string {
  if (found === undefined) return 'nothing';
  if (found === null) return 'no value';
  if (Array.isArray(found)) return `a list of ${found.length}`;
  if (typeof found === 'object') return 'a group of keys';
  return typeof found === 'string' ? shortened(withoutSecrets(found)) : String(found);
}

/** Messages end up in logs: of a URL the password is left out, of PEM text all but its first line. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/\s]*@/, '//…@').replace(/(-----BEGIN [^-]*-----).+/s, '$1…');
}

/** In quotes, and on one line whatever it holds. */
function shortened(text: string): string {
  return JSON.stringify(text.length > FOUND_LENGTH ? `${text.slice(0, FOUND_LENGTH)}…` : text);
}
