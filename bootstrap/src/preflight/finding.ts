/** What a check has found. Problems stop the run before anything is changed, notes stop nothing; both say what to do. */
export interface Finding {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

export const problem = (...problems: readonly string[]): Finding => ({ problems, notes: [] });
export const note = (...notes: readonly string[]): Finding => ({ problems: [], notes });
export const fine: Finding = { problems: [], notes: [] };

export function together(...findings: readonly Finding[]): Finding {
  return {
    problems: findings.flatMap(({ problems }) => problems),
    notes: findings.flatMap(({ notes }) => notes),
  };
}
