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

/** `nodes[0].alias`, as an operator would write it. */
export function pathText(path: Path): string {
  const parts = path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i > 0 ? `.${part}` : part));
  return parts.join('');
}

/** The problem as one sentence, without its place in the file. */
export function problemText({ path, found, allowed, unknownKey, suggestion }: Problem): string {
  const what = unknownKey ? 'unknown key' : `found ${foundText(found)}`;
  const hint = suggestion ? `; did you mean ${suggestion}?` : '';
  return `${path.length > 0 ? `${pathText(path)}: ` : ''}${what}; allowed: ${allowed}${hint}`;
}

/** Long enough to recognise a value, short enough for one line. */
const FOUND_LENGTH = 60;

function foundText(found: unknown): string {
  if (found === undefined) return 'nothing';
  if (Array.isArray(found)) return `a list of ${found.length}`;
  if (typeof found === 'object' && found !== null) return 'a group of keys';
  const text = JSON.stringify(found);
  return text.length > FOUND_LENGTH ? `${text.slice(0, FOUND_LENGTH)}…"` : text;
}
