import { readTogether, readYAML } from '../../review/yaml.ts';

// What a document means must not depend on its neighbours: a value that differs here would be a wrong report of a merge.

const PLAIN = 'kind: Role\nrules: [yes, 010, 1_000, 2001-01-01]\n';
const OTHER = 'kind: Service\nspec:\n  ports:\n    - 80\n';

const AWKWARD: Readonly<Record<string, string>> = {
  'only a comment': '# nothing\n',
  null: 'null\n',
  'no line break at its end': 'a: |+\n  b',
  'lines kept at its end': 'a: |+\n  b\n\n\n',
  'two in one, by a comment': 'a: 1\n--- # next\nb: 2\n',
  'an end of its own': 'a: 1\n...\n',
  'a directive behind an end': 'a: 1\n...\n%TAG ! tag:example.com,2026:\n',
  'a directive': '%YAML 1.1\n',
  'a byte order mark': '\uFEFFa: 1\n',
  'an anchor': 'a: &x 1\nb: *x\n',
  'an alias without its anchor': 'a: *x\n',
  'an anchor that another has': 'a: &x 2\n',
  'a list that is not closed': 'a: [1,\n',
  'a text that is not closed': 'a: "b\n',
  'a key twice': 'a: 1\na: 2\n',
  'lines that look like the end of a document': 'a: |\n  ---\n  ...\n  %b\n',
  'line breaks of Windows': 'a: 1\r\nb: 2\r\n',
};

const orFault = (read: () => unknown) => {
  try {
    return { value: read() };
  } catch {
    return 'fault';
  }
};

test('documents are read in one go', () => {
  expect(readTogether([PLAIN, OTHER])).toEqual([readYAML(PLAIN), readYAML(OTHER)]);
});

test.each(Object.entries(AWKWARD))('%s, among others or alone', (_, text) => {
  for (const texts of [
    [text, PLAIN, OTHER],
    [PLAIN, text, OTHER],
    [PLAIN, OTHER, text],
    ...Object.values(AWKWARD).map((second) => [text, second, PLAIN]),
  ]) {
    const together = readTogether(texts);
    const alone = texts.map((one) => orFault(() => readYAML(one)));
    if (together !== undefined) expect(together.map((value) => ({ value }))).toEqual(alone);
  }
});
