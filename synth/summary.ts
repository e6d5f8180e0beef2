import pc from 'picocolors';
import { type Change, documents, type FileChange } from './compare.ts';
import type { Rendered } from './render.ts';

/** What synth reports, for people and for scripts. */
export interface Summary {
  readonly out: string;
  readonly files: readonly { readonly name: string; readonly objects: Readonly<Record<string, number>> }[];
  readonly changes: readonly Change[];
  /** Files about hosts that are not as they were. */
  readonly hostChanges: readonly FileChange[];
}

export function summarize(
  out: string,
  manifests: Rendered,
  changes: readonly Change[],
  hostChanges: readonly FileChange[],
): Summary {
  return {
    out,
    files: [...manifests].map(([name, text]) => ({ name, objects: countKinds(text) })),
    changes,
    hostChanges,
  };
}

function countKinds(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const document of documents(text)) {
    const kind = /^kind: (.+)$/m.exec(document)?.[1] ?? 'without kind';
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const MARK = { added: pc.green('+'), changed: pc.yellow('~'), removed: pc.red('-') };

/** The summary as lines for a terminal. */
export function summaryText({ out, files, changes, hostChanges }: Summary): string {
  const total = files.reduce((sum, { objects }) => sum + count(objects), 0);
  const width = Math.max(...files.map(({ name }) => name.length));
  const lines = [
    `${pc.bold(`${out}/`)}  ${files.length} files, ${total} objects`,
    ...files.map(
      ({ name, objects }) =>
        `  ${name.padEnd(width)}  ${String(count(objects)).padStart(3)}  ${kindsText(objects)}`,
    ),
    '',
    changes.length === 0 ? noChangesText(hostChanges) : changesText(changes),
    ...changes.map(({ change, object }) => `  ${MARK[change]} ${object}`),
  ];
  if (hostChanges.length > 0) {
    lines.push('', 'On the servers, by the next provisioning:');
    lines.push(...hostChanges.map(({ change, file }) => `  ${MARK[change]} ${file}`));
  }
  if (changes.some(({ change }) => change === 'removed')) {
    lines.push('', 'kubectl apply leaves removed objects (-) in the cluster: delete them there.');
  }
  return lines.join('\n');
}

/** What --check found, as lines for a terminal. */
export function checkText(out: string, config: string, stale: readonly FileChange[]): string {
  if (stale.length === 0) return `${pc.bold(`${out}/`)} is what ${config} renders.`;
  return [
    `${pc.bold(`${out}/`)} is not what ${config} renders:`,
    ...stale.map(({ change, file }) => `  ${MARK[change]} ${file}`),
    'Run npm run synth, read git diff dist/, commit both.',
  ].join('\n');
}

function count(objects: Readonly<Record<string, number>>): number {
  return Object.values(objects).reduce((sum, n) => sum + n, 0);
}

function kindsText(objects: Readonly<Record<string, number>>): string {
  return pc.dim(
    Object.entries(objects)
      .map(([kind, n]) => (n > 1 ? `${n} ${kind}` : kind))
      .join(', '),
  );
}

function noChangesText(hostChanges: readonly FileChange[]): string {
  return hostChanges.length === 0 ? 'Nothing changed.' : 'No object changed.';
}

function changesText(changes: readonly Change[]): string {
  const number = (kind: Change['change']) => changes.filter(({ change }) => change === kind).length;
  return `${number('added')} added, ${number('changed')} changed, ${number('removed')} removed, against what was there:`;
}
