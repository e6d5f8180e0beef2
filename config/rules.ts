import { type Problem, pathMeant, pathText } from './problem.ts';
import type { Rule } from './rule.ts';
import { addressRules } from './rules-addresses.ts';
import { edgeRules } from './rules-edge.ts';
import { hostRules } from './rules-hosts.ts';
import { workloadRules } from './rules-workloads.ts';
import type { Cluster } from './schema.ts';

const rules: readonly Rule[] = [...addressRules, ...hostRules, ...workloadRules, ...edgeRules];

/** The problems of every rule whose keys passed the schema, misspelt and unknown ones included. */
export function brokenRules(data: unknown, schemaProblems: readonly Problem[]): Problem[] {
  const broken = schemaProblems.map((problem) => pathText(pathMeant(problem)));
  // Safe: a rule touches only the keys in `reads`, and those have just been checked.
  const cluster = data as Cluster;
  return rules
    .filter(({ reads }) => !reads.some((key) => broken.some((path) => path === '' || related(path, key))))
    .flatMap(({ problems }) => problems(cluster));
}

/** True when one path holds the other. */
function related(a: string, b: string): boolean {
  const holds = (outer: string, inner: string) => inner === outer || /^[.[]/.test(inner.replace(outer, ''));
  return a.startsWith(b) ? holds(b, a) : b.startsWith(a) && holds(a, b);
}
