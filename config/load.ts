import { readFileSync } from 'node:fs';
import { type Document, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { ConfigError, type Path, type Problem, problemText } from './problem.ts';
import { brokenRules } from './rules.ts';
import { type Cluster, clusterSchema } from './schema.ts';
import { schemaProblems } from './schema-problems.ts';
import { yamlProblems } from './yaml-problems.ts';

/**
 * Reads and checks cluster.yaml.
 * @throws ConfigError with every problem at once, each with file, line and column.
 */
export function loadCluster(file: string): Cluster {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: cannot be read: ${error instanceof Error ? error.message : error}`]);
  }
  return parseCluster(text, file);
}

/** As loadCluster, for a text already read; `file` is only for the messages. */
export function parseCluster(text: string, file: string): Cluster {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const unreadable = yamlProblems(document, lines);
  if (unreadable.length > 0) {
    throw new ConfigError(
      unreadable.map(({ offset, message }) => `${file}:${place(lines, offset)}: YAML: ${message}`),
    );
  }
  const data: unknown = document.toJS();
  const result = clusterSchema.safeParse(data, { reportInput: true });
  const problems = schemaProblems(result.error?.issues ?? [], data);
  problems.push(...brokenRules(data, problems));
  if (!result.success || problems.length > 0) throw configError(problems, document, lines, file);
  return result.data;
}

function configError(problems: Problem[], document: Document, lines: LineCounter, file: string): ConfigError {
  const placed = problems.map((problem) => ({ problem, offset: offsetOf(document, problem) }));
  placed.sort((a, b) => a.offset - b.offset);
  return new ConfigError(
    placed.map(({ problem, offset }) => `${file}:${place(lines, offset)}: ${problemText(problem)}`),
  );
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

/** Where to point: at the value; at the key when the key is wrong; at the nearest parent when nothing is there. */
function offsetOf(document: Document, { path, found, unknownKey }: Problem): number {
  const value = document.getIn(path, true);
  if (unknownKey || !isNode(value) || found === undefined) {
    const key = keyOffset(document, path);
    if (key !== undefined) return key;
    return path.length > 0 ? offsetOf(document, { path: path.slice(0, -1), found: null, allowed: '' }) : 0;
  }
  return value.range?.[0] ?? 0;
}

function keyOffset(document: Document, path: Path): number | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  let offset: number | undefined;
  if (!isNode(parent)) return undefined;
  visit(parent, {
    Pair(_, pair) {
      if (isPair(pair) && isScalar(pair.key) && pair.key.value === path.at(-1))
        offset ??= pair.key.range?.[0];
      return visit.SKIP;
    },
  });
  return offset;
}
