import { type Document, isScalar, type LineCounter, type Scalar, visit } from 'yaml';

/** Why a text is not YAML that this project reads, and where. */
export interface YAMLProblem {
  readonly offset: number;
  readonly message: string;
}

/** The problems in the order of the file. What is found on the same line or the next follows from the first. */
export function yamlProblems(document: Document, lines: LineCounter): YAMLProblem[] {
  const syntax = [...document.errors, ...document.warnings].map(({ pos: [offset], message }) => ({
    offset: message.startsWith(UNCLOSED_QUOTE) ? openingQuote(document, offset) : offset,
    message: inOurWords(message),
  }));
  const problems = [...syntax, ...unreadReferences(document)].sort((a, b) => a.offset - b.offset);
  const line = ({ offset }: YAMLProblem) => lines.linePos(offset).line;
  return problems.filter((problem, i) => {
    const before = problems[i - 1];
    return before === undefined || line(problem) > line(before) + 1;
  });
}

const UNCLOSED_QUOTE = 'Missing closing';

/** What the library says of the slips that an operator makes, by the start of its message. */
const OUR_WORDS: readonly (readonly [string, string])[] = [
  ['Source contains multiple documents', 'a second document begins here; the file holds one'],
  ['Map keys must be unique', 'this key stands there twice; keep one of the two'],
  ['Tabs are not allowed', 'a tab in the indentation; use spaces'],
  [
    'Nested mappings are not allowed',
    'a second key within one value; is the next line indented too far, or does the value need quotes?',
  ],
  ['Implicit map keys need', 'a key without a value; a space belongs after its colon'],
  [UNCLOSED_QUOTE, 'a quote is opened here and never closed'],
  ['Flow ', 'a [ or { further up is not closed before this line'],
  ['Plain value cannot start with', 'a value that starts with a sign of YAML itself; put it in quotes'],
  ['Unresolved tag', 'a tag that means nothing here; put a value that starts with ! in quotes'],
  ['With stringKeys', 'a key that is not a plain word'],
];

function inOurWords(message: string): string {
  return OUR_WORDS.find(([start]) => message.startsWith(start))?.[1] ?? message;
}

/** The library points to the end of an unclosed text, often the end of the file; we point to where it began. */
function openingQuote(document: Document, end: number): number {
  let start = end;
  visit(document, {
    Scalar(_, { type, range }: Scalar) {
      if (type?.startsWith('QUOTE') && range && range[0] < end) start = range[0];
    },
  });
  return start;
}

function unreadReferences(document: Document): YAMLProblem[] {
  const problems: YAMLProblem[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) {
        const message = `*${alias.source} stands for nothing; no &${alias.source} comes before it`;
        problems.push({ offset: alias.range?.[0] ?? 0, message });
      }
    },
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '<<')
        problems.push({
          offset: key.range?.[0] ?? 0,
          message: '<< merges nothing here; write the keys out',
        });
    },
  });
  return problems;
}
