import { impacts } from '../../review/impact.ts';
import { report } from '../../review/report.ts';
import { allEdits } from './edits/index.ts';
import { statesOf } from './edits/states.ts';
import { dist, states } from './states.ts';

// A reviewer reads the first line and believes it. Each edit here is one that somebody could propose, with the class
// that a careful operator would give it: one class too mild, and a night is lost.
test.each(allEdits)('$impact: $name', (edit) => {
  const { before, after } = statesOf(edit);
  const { impact, entries } = report(before, after);
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
