import pc from 'picocolors';
import type { Linter } from '../charts/waivers.ts';
import type { Finding } from './lint-manifests-findings.ts';
import type { Waived } from './lint-manifests-waivers.ts';

/** What one linter said of every variant, or why it could not be asked. */
export type LinterReport =
  | { readonly linter: Linter; readonly reason: string }
  | { readonly linter: Linter; readonly version: string; readonly results: readonly VariantResult[] };

export interface VariantResult {
  readonly label: string;
  readonly findings: readonly Finding[];
  readonly withoutWaivers: readonly Finding[];
  readonly waived: readonly Waived[];
}

/** The table, the findings, and whether any of them must not be. That no linter ran counts as a failure. */
export function report(reports: readonly LinterReport[]): { text: string; failed: boolean } {
  const ran = reports.filter((one) => 'results' in one);
  const critical = ran.some(({ results }) => results.some(({ findings }) => findings.some(isCritical)));
  const lines = [
    '',
    ...table(reports),
    ...ran.flatMap(findingLines),
    ...ran.flatMap(({ linter, results }) =>
      idleWaivers(results).map(
        ({ check, object }) => `${pc.yellow('waiver for nothing')}  ${linter} ${check}  ${object}`,
      ),
    ),
    ...reports.map((one) =>
      'reason' in one ? pc.yellow(`${pc.bold(`${one.linter} DID NOT RUN`)}: ${one.reason}`) : '',
    ),
  ];
  return {
    text: lines.filter((line, index) => line !== '' || index === 0).join('\n'),
    failed: critical || ran.length === 0,
  };
}

function table(reports: readonly LinterReport[]): string[] {
  const rows = [
    ['linter', 'version', 'manifests', 'critical', 'warnings', 'waived'],
    ...reports.flatMap((one) =>
      'reason' in one
        ? [[one.linter, '-', 'did not run', '-', '-', '-']]
        : one.results.map(({ label, findings, withoutWaivers }) => [
            one.linter,
            one.version,
            label,
            String(findings.filter(isCritical).length),
            String(findings.length - findings.filter(isCritical).length),
            String(withoutWaivers.length - findings.length),
          ]),
    ),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Each finding once, with the variants it is in. */
function findingLines({ results }: { results: readonly VariantResult[] }): string[] {
  const labels = new Map<string, string[]>();
  for (const { label, findings } of results) {
    for (const finding of findings) {
      const line = `${mark(finding)}  ${finding.linter} ${finding.check}  ${finding.object}  ${finding.message}`;
      labels.set(line, [...(labels.get(line) ?? []), label]);
    }
  }
  return [...labels].map(([line, where]) => `${line}  ${pc.dim(`(${[...new Set(where)].join(', ')})`)}`);
}

/** Waivers that cover no finding of any variant: the reason is gone, or the name was never right. */
export function idleWaivers(results: readonly VariantResult[]): Waived[] {
  const found = new Set(results.flatMap(({ withoutWaivers }) => withoutWaivers.map(keyOf)));
  const waived = new Map(results.flatMap((result) => result.waived).map((one) => [keyOf(one), one]));
  return [...waived.values()].filter((one) => !found.has(keyOf(one)));
}

const keyOf = ({ check, object }: { check: string; object: string }) => `${check} ${object}`;
const isCritical = ({ critical }: Finding) => critical;
const mark = ({ critical }: Finding) => (critical ? pc.red('critical') : pc.yellow('warning '));
