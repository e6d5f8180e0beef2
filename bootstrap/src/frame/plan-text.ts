import Table from 'cli-table3';
import { createTwoFilesPatch } from 'diff';
import pc from 'picocolors';
import type { Change, Check, Plan } from './step.ts';

/**
 * The plan of a step as an operator reads it: a table of what would change where, then each file as a diff. What is the
 * same in several places is said once.
 */
export function planText({ changes, problems, notes, checks = [] }: Plan, colors = false): string {
  const paint = pc.createColors(colors);
  const rows = merged(changes);
  return [
    checks.length > 0 ? checkTable(checks, paint) : '',
    rows.length > 0 ? table(rows.map((row) => cells(row, paint))) : '',
    ...rows.flatMap((change) => (change.file ? [fileDiff(change, paint)] : [])),
    ...problems.map((text) => `${paint.red('problem')}  ${indented(text)}`),
    ...notes.map((text) => `${paint.yellow('note')}     ${indented(text)}`),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Changes that differ in nothing but their place are one row. */
function merged(changes: readonly Change[]): Change[] {
  const rows = new Map<string, Change>();
  for (const change of changes) {
    const { action, where, what, detail, file } = change;
    const key = JSON.stringify([action, what, detail, file]);
    const row = rows.get(key);
    rows.set(key, row ? { ...row, where: `${row.where}, ${where}` } : change);
  }
  return [...rows.values()];
}

type Paint = ReturnType<typeof pc.createColors>;

const NO_LINES = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
];
const NO_BORDERS = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];

function checkTable(checks: readonly Check[], paint: Paint): string {
  const color = { ok: paint.green, warning: paint.yellow, failed: paint.red };
  return table(checks.map(({ state, name, evidence }) => [color[state](state), name, evidence]));
}

function cells({ action, where, what, detail = '' }: Change, paint: Paint): string[] {
  return [color(action, paint)(action), where, what, detail];
}

function table(lists: readonly (readonly string[])[]): string {
  const none = Object.fromEntries([...NO_LINES, ...NO_BORDERS].map((name) => [name, '']));
  const rows = new Table({
    chars: { ...none, middle: ' ' },
    style: { 'padding-left': 0, 'padding-right': 1, border: [] },
  });
  rows.push(...lists.map((list) => [...list]));
  return lines(rows.toString());
}

function color(action: Change['action'], paint: Paint): (text: string) => string {
  if (action === 'create' || action === 'start') return paint.green;
  return action === 'remove' ? paint.red : paint.yellow;
}

function fileDiff({ where, what, file }: Change, paint: Paint): string {
  const { before, after } = file ?? { before: '', after: '' };
  const patch = createTwoFilesPatch(`${where}: ${what}, now`, `${where}: ${what}, then`, before, after);
  const text = patch
    .split('\n')
    .slice(1)
    .map((line) => {
      if (line.startsWith('+')) return paint.green(line);
      return line.startsWith('-') ? paint.red(line) : line;
    });
  return `\n${lines(text.join('\n'))}`;
}

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
const indented = (text: string) => text.split('\n').join(`\n${' '.repeat(9)}`);
