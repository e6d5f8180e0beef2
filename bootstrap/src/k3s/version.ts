/** Whether k3s may go from one release to another in place; the reason when it may not. */
export function upgradeProblem(from: string, to: string): string | undefined {
  const [before, after] = [numbersOf(from), numbersOf(to)];
  if (!before || !after) return `k3s ${from} cannot be compared with ${to}.`;
  const order =
    before.map((number, i) => (after[i] ?? 0) - number).find((difference) => difference !== 0) ?? 0;
  if (order < 0)
    return `k3s ${from} cannot go back to ${to}: Kubernetes knows no way back. Correct k3s.version.`;
  const [, minorBefore = 0] = before;
  const [, minorAfter = 0] = after;
  if (minorAfter - minorBefore > 1) {
    return `k3s ${from} cannot go to ${to} at once: one minor after the other. Set k3s.version to the newest 1.${minorBefore + 1} first.`;
  }
  return undefined;
}

/** Major, minor, patch and build of v1.34.6+k3s1. */
function numbersOf(version: string): number[] | undefined {
  const match = /^v(\d+)\.(\d+)\.(\d+)\+(?:k3s|lab)(\d+)$/.exec(version);
  return match?.slice(1).map(Number);
}
