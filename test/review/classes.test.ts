import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { impacts, isAtLeast } from '../../review/impact.ts';
import { type Report, report } from '../../review/report.ts';
import type { EditCase } from './edits/edit.ts';
import { allEdits } from './edits/index.ts';
import { statesOf } from './edits/states.ts';
import { EXAMPLES, exampleText } from './examples.ts';
import { dist, states } from './states.ts';

/** Each edit is rendered once. */
const reports = new Map<string, Report>();

function reportOf(edit: EditCase): Report {
  const known = reports.get(edit.name);
  if (known !== undefined) return known;
  const { before, after } = statesOf(edit);
  const result = report(before, after);
  reports.set(edit.name, result);
  return result;
}

// A reviewer reads the first line and believes it. Each edit here is one that somebody could propose, with the class
// that a careful operator would give it: one class too mild, and a night is lost.
test.each(allEdits)('$impact: $name', (edit) => {
  const { impact, entries } = reportOf(edit);
  const entry = entries.find(({ subject }) => subject === edit.subject);
  expect({ impact, of: entry?.impact }).toEqual({ impact: edit.impact, of: edit.impact });
  for (const effect of entry?.effects ?? [])
    if (effect.impact === 'refused by the API') expect(effect.wayOut).toMatch(/\w{3}/);
  if (edit.says !== undefined) expect(entry?.effects.map(({ text }) => text).join('\n')).toContain(edit.says);
});

test('the edits are many, of every class, and no two have one name', () => {
  expect(allEdits.length).toBeGreaterThanOrEqual(60);
  expect(new Set(allEdits.map(({ name }) => name)).size).toBe(allEdits.length);
  expect(new Set(allEdits.map(({ impact }) => impact)).size).toBe(impacts.length);
});

test('a state compared with itself is empty', () => {
  const { before, after } = states(dist, dist);
  expect(report(before, after)).toMatchObject({
    impact: undefined,
    entries: [],
    prune: { deletions: [], kept: [] },
  });
});

// deploy asks before anything that is at least this bad.
test('classes have an order', () => {
  expect(impacts.filter((impact) => isAtLeast(impact, 'interrupts'))).toEqual([
    'loses data',
    'refused by the API',
    'widens access',
    'changes traffic',
    'interrupts',
  ]);
});

// An operator learns to read a report from these; one that the program no longer prints teaches the wrong thing.
test.each(EXAMPLES)('the README shows the report of: %s', (name, how) => {
  const edit = allEdits.find((candidate) => candidate.name === name);
  if (edit === undefined) throw new Error(`there is no edit ${name}`);
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  expect(readme).toContain(`\n# ${how}\n${exampleText(reportOf(edit))}\n`);
});
