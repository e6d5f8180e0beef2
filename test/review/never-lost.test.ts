import { isMap } from '../../review/compare/values.ts';
import { judgeSection } from '../../review/hosts/judge.ts';
import { report } from '../../review/report.ts';
import type { Manifest } from '../../synth/render.ts';
import { Random } from './random.ts';
import { dist, filesOf, objects, states } from './states.ts';

// Whatever somebody edits, the report must show: what it leaves out is merged unseen. Each run makes other edits of
// random places, the same ones every time; the seed in a failing test's name brings its edits back.

const RUNS = 60;
const EDITS_A_RUN = 8;

/** An object or list within an object, and one of its keys. */
interface Spot {
  readonly parent: Record<string, unknown> | unknown[];
  readonly key: string;
}

/** Every place below an object's own name and kind. */
function spots(value: unknown, path: string[] = []): Spot[] {
  if (!isMap(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const place = [...path, key].join('.');
    if (/^(apiVersion|kind|metadata(\.(name|namespace))?)$/.test(place)) {
      return place === 'metadata' ? spots(child, [key]) : [];
    }
    return [{ parent: value as Spot['parent'], key }, ...spots(child, [...path, key])];
  });
}

/** What the report must show of an edit: a part of its text. */
type Trace = string;

/** Changes, adds or takes away something at a random place. */
function edit(object: Manifest, random: Random, token: string): Trace {
  const { parent, key } = random.pick(spots(object));
  const at = parent as Record<string, unknown>;
  const old = at[key];
  const kind = random.below(3);
  if (kind === 0) {
    const trace = JSON.stringify(old);
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete at[key];
    // Long texts are compared line by line: their first line is enough.
    return trace.split('\\n')[0]?.replace(/"$/, '') ?? '';
  }
  if (kind === 1 && isMap(old)) {
    (old as Record<string, unknown>)[token] = token;
    return token;
  }
  at[key] = typeof old === 'number' ? Number(token.replace(/\D/g, '')) : token;
  return token.replace(/\D/g, '');
}

test.each(Array.from({ length: RUNS }, (_, seed) => seed + 1))('edits of seed %d are all shown', (seed) => {
  const random = new Random(seed);
  const before = objects();
  const after = structuredClone(before);
  const edited = new Map<string, { object: Manifest; traces: Trace[] }>();
  for (let i = 0; i < EDITS_A_RUN; i++) {
    const index = random.below(after.length);
    // One edit an object: a second one could undo the first.
    if (edited.has(String(index))) continue;
    const object = after[index] as Manifest;
    edited.set(String(index), { object, traces: [edit(object, random, `token${seed}00${i}77`)] });
  }
  const both = states(filesOf(before), filesOf(after));
  const kept = JSON.stringify(both);
  const { entries } = report(both.before, both.after);

  for (const { object, traces } of edited.values()) {
    const { kind, metadata } = object;
    const name = `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
    const entry = entries.find(({ subject }) => subject === name);
    const shown = JSON.stringify(entry?.differences ?? 'nothing');
    for (const trace of traces) expect([name, shown]).toEqual([name, expect.stringContaining(trace)]);
  }
  expect(entries.length).toBe(edited.size);
  // Whoever compares twice, as deploy does, must not find other states the second time.
  expect(JSON.stringify(both)).toBe(kept);
});

// The same for the servers: a line that comes or goes anywhere in the text of a host.
test.each(Array.from({ length: 30 }, (_, seed) => seed + 1))(
  'lines of seed %d in the text of a host',
  (seed) => {
    const random = new Random(seed);
    const files = filesOf(objects());
    const name = `hosts/hetzner${1 + random.below(3)}.txt`;
    const lines = (files.get(name) ?? '').split('\n');
    const movable = lines.flatMap((line, i) => (i > 1 && line !== '' && !line.startsWith('===') ? [i] : []));
    const place = random.pick(movable);
    const line = lines[place] ?? '';
    const [next, trace] =
      random.below(2) === 0
        ? [lines.toSpliced(place, 1), line]
        : [lines.toSpliced(place, 0, `# token${seed}`), `token${seed}`];
    const { before, after } = states(files, new Map([...files, [name, next.join('\n')]]));
    const { entries } = report(before, after);
    expect(entries).toHaveLength(1);
    expect(entries[0]?.host).toBe(name.slice(6, -4));
    // In a file of YAML a key and its value are shown, not the line.
    const words = trace.split(/[:\s]+/).filter((word) => /\w{2}/.test(word));
    const shown = JSON.stringify(entries[0]?.differences);
    for (const word of words) expect(shown).toContain(JSON.stringify(word).slice(1, -1));
  },
);

// A part of a host that provisioning learns to make true must be judged by somebody who knows it.
test('every part of every host is known here', () => {
  const { before } = states(dist, dist);
  const sections = before.hosts.flatMap(({ alias, sections }) =>
    sections.map((section) => ({ alias, section })),
  );
  const unknown = sections.filter(({ alias, section }) => {
    const after = { ...section, lines: [...section.lines, 'x'] };
    const changes = [{ path: [{ item: 'line 1' }], before: undefined, after: 'x' }];
    const effects = judgeSection({ host: alias, name: section.name, before: section, after, changes });
    return effects.some(({ text }) => text.includes('not known here'));
  });
  expect(sections.length).toBeGreaterThan(50);
  expect(unknown.map(({ section }) => section.name)).toEqual([]);
});
