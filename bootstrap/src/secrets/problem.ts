/** One thing that is wrong with prod.env. It never holds a value, nor a piece of one. */
export interface EnvProblem {
  /** From 1; undefined for what is not in the file. */
  readonly line?: number;
  readonly column?: number;
  readonly text: string;
}

/** prod.env cannot be used. The message lists every problem, one a line, in the order of the file. */
export class ProdEnvError extends Error {
  override readonly name = 'ProdEnvError';
  constructor(
    file: string,
    readonly problems: readonly EnvProblem[],
  ) {
    const last = Number.MAX_SAFE_INTEGER;
    const ordered = [...problems].sort(
      (a, b) => (a.line ?? last) - (b.line ?? last) || (a.column ?? 0) - (b.column ?? 0),
    );
    super(ordered.map((problem) => `${file}${place(problem)}: ${problem.text}`).join('\n'));
  }
}

function place({ line, column }: EnvProblem): string {
  return line === undefined ? '' : `:${line}:${column ?? 1}`;
}
