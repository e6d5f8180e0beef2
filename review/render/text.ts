import pc from 'picocolors';
import { type Effect, type Impact, impacts } from '../impact.ts';
import type { Report } from '../report.ts';
import { type Block, blocks, type Line } from './fold.ts';
import { lossText, roomTable } from './room.ts';
import { verdict } from './verdict.ts';

type Paint = ReturnType<typeof pc.createColors>;

/** What a section of the report is about, in a few words. */
export const MEANING: Readonly<Record<Impact, string>> = {
  'loses data': 'cannot be taken back',
  'refused by the API': 'not applied as it stands',
  'widens access': 'somebody may do more than before',
  'changes traffic': 'packets and requests go other ways',
  interrupts: 'something is away for a while',
  'rolls pods': 'pods are replaced while others serve',
  'config only': 'stored, and nothing restarts',
  'no effect': 'the same to the cluster',
};

/** How a report is introduced. */
export interface Heading {
  /** `Merging this`, `Applying this`. */
  readonly subject: string;
  /** What is compared with what. */
  readonly compared: string;
}

/** The report for a terminal, or for a log. */
export function reportText(report: Report, { subject, compared }: Heading, colors: boolean): string {
  const paint = pc.createColors(colors);
  const sections = impacts.flatMap((impact) => {
    const entries = report.entries.filter((entry) => entry.impact === impact);
    if (entries.length === 0) return [];
    const title = `${colorOf(impact, paint)(impact.toUpperCase())}  ${paint.dim(MEANING[impact])}`;
    return [[title, ...blocks(entries).flatMap((block) => blockLines(block, paint))].join('\n')];
  });
  const head = [
    paint.bold(
      report.impact === undefined
        ? verdict(report, subject)
        : colorOf(report.impact, paint)(verdict(report, subject)),
    ),
    paint.dim(compared),
  ];
  return [head.join('\n'), ...sections, ...prune(report, paint), ...room(report, paint)].join('\n\n');
}

function colorOf(impact: Impact, paint: Paint): (text: string) => string {
  if (impact === 'loses data' || impact === 'refused by the API') return paint.red;
  if (impact === 'config only' || impact === 'no effect') return paint.green;
  return impact === 'rolls pods' ? paint.cyan : paint.yellow;
}

const MARK: Readonly<Record<Block['change'], string>> = { added: '+', changed: '~', removed: '-' };

function blockLines({ impact, change, title, remark, effects, lines }: Block, paint: Paint): string[] {
  return [
    `  ${MARK[change]} ${paint.bold(title)}`,
    ...(remark === undefined ? [] : [`      ${paint.dim(remark)}`]),
    ...effects.flatMap((effect) => effectLines(effect, impact, paint)),
    ...lines.map((line) => `      ${lineText(line, paint)}`),
  ];
}

/** An effect that is not the worst one says which it is. */
function effectLines({ impact, text, wayOut }: Effect, worst: Impact, paint: Paint): string[] {
  const kind = impact === worst ? '' : `${impact}: `;
  return [
    `      ${colorOf(impact, paint)(`${kind}${text}`)}`,
    ...(wayOut === undefined ? [] : [`      ${paint.bold('way out:')} ${wayOut}`]),
  ];
}

function lineText({ path, sides, text, unseen }: Line, paint: Paint): string {
  const where = paint.dim(`${path === '' ? '' : `${path}: `}`);
  const tail = unseen ? paint.dim(' (no difference)') : '';
  if (sides === undefined) return `${where}${text}${tail}`;
  const { before, after } = sides;
  if (before === undefined) return `${where}${paint.green(`+ ${after}`)}${tail}`;
  if (after === undefined) return `${where}${paint.red(`- ${before}`)}${tail}`;
  return `${where}${paint.red(before)} → ${paint.green(after)}${tail}`;
}

function prune({ prune: { deletions, kept } }: Report, paint: Paint): string[] {
  if (deletions.length === 0 && kept.length === 0) return [];
  return [
    [
      `${paint.bold('LEFT OVER')}  ${paint.dim('no longer in dist/; kubectl apply leaves it')}`,
      ...deletions.map((object, i) => `  ${i + 1}. deploy deletes ${object}`),
      ...kept.map(
        ({ object, why }) => `  ${paint.yellow('kept')} unless deploy is told its name: ${object} (${why})`,
      ),
    ].join('\n'),
  ];
}

/** A table when something differs, else a sentence. */
function room({ capacity }: Report, paint: Paint): string[] {
  const rows = roomTable(capacity);
  const loss = lossText(capacity);
  if (rows.length === 0) return loss === undefined ? [] : [paint.dim(loss)];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const table = rows.map(
    (row) =>
      `  ${row
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd()}`,
  );
  return [[paint.bold('ROOM'), ...table, ...(loss === undefined ? [] : [`  ${loss}`])].join('\n')];
}
