import { type Effect, type Impact, impacts } from '../impact.ts';
import type { Report } from '../report.ts';
import { type Block, blocks, type Line } from './fold.ts';
import { lossText, roomTable } from './room.ts';
import { type Heading, MEANING } from './text.ts';
import { verdict } from './verdict.ts';

/** The report as a comment on a pull request. */
export function reportMarkdown(report: Report, { subject, compared }: Heading): string {
  const sections = impacts.flatMap((impact) => {
    const entries = report.entries.filter((entry) => entry.impact === impact);
    if (entries.length === 0) return [];
    return [`#### ${impact}: ${MEANING[impact]}\n\n${blocks(entries).map(blockText).join('\n')}`];
  });
  return [
    `### ${verdict(report, subject)}`,
    ...(report.impact === undefined
      ? []
      : [
          '**This changes `dist/`: merging it is a deploy.** The next run of deploy makes it true on the cluster, the next provisioning on the servers.',
        ]),
    escaped(compared),
    ...sections,
    ...prune(report),
    ...room(report),
  ].join('\n\n');
}

const MARK: Readonly<Record<Block['change'], string>> = { added: 'new: ', changed: '', removed: 'gone: ' };

function blockText({ impact, change, title, remark, effects, lines }: Block): string {
  return [
    `- ${MARK[change]}**${escaped(title)}**${remark === undefined ? '' : ` (${escaped(remark)})`}`,
    ...effects.flatMap((effect) => effectLines(effect, impact)),
    ...lines.map((line) => `  - ${lineText(line)}`),
  ].join('\n');
}

function effectLines({ impact, text, wayOut }: Effect, worst: Impact): string[] {
  const kind = impact === worst ? '' : `_${impact}:_ `;
  return [
    `  - ${kind}${escaped(text)}`,
    ...(wayOut === undefined ? [] : [`  - way out: ${escaped(wayOut)}`]),
  ];
}

function lineText({ path, sides, text, unseen }: Line): string {
  const where = path === '' ? '' : `${code(path)}: `;
  const tail = unseen ? ' (no difference)' : '';
  if (sides === undefined) return `${where}${escaped(text ?? '')}${tail}`;
  const { before, after } = sides;
  if (before === undefined) return `${where}added ${code(after ?? '')}${tail}`;
  if (after === undefined) return `${where}removed ${code(before)}${tail}`;
  return `${where}${code(before)} → ${code(after)}${tail}`;
}

function prune({ prune: { deletions, kept } }: Report): string[] {
  if (deletions.length === 0 && kept.length === 0) return [];
  return [
    [
      '#### left over: no longer in `dist/`',
      '',
      ...deletions.map((object, i) => `${i + 1}. deploy deletes ${escaped(object)}`),
      ...kept.map(({ object, why }) => `- kept unless deploy is told its name: ${escaped(object)} (${why})`),
    ].join('\n'),
  ];
}

function room({ capacity }: Report): string[] {
  const [head, ...rows] = roomTable(capacity);
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const table =
    head === undefined ? [] : [[row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')];
  const loss = lossText(capacity);
  return [...table, ...(loss === undefined ? [] : [escaped(loss)])];
}

/** Text of the manifests must not become markup, a mention or a reference to an issue. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~@]/g, '\\$&').replaceAll('\\-', '-');
}

/** A code span with more backticks around than in it. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${space}${text.replaceAll('\n', ' ')}${space}${fence}`;
}
