import { capacity } from '../../review/capacity.ts';
import { reportMarkdown } from '../../review/render/markdown.ts';
import { reportText } from '../../review/render/text.ts';
import { report } from '../../review/report.ts';
import type { Manifest } from '../../synth/render.ts';
import { containerOf, controllerOf, one } from '../manifests/find.ts';
import { manifest } from './edits/edit.ts';
import { filesOf, objects, states } from './states.ts';

const heading = { subject: 'Merging this', compared: 'dist/ compared with something' };

function edited(edit: (list: Manifest[]) => void) {
  const after = objects();
  edit(after);
  const { before, after: next } = states(filesOf(objects()), filesOf(after));
  return report(before, next);
}

const textOf = (edit: (list: Manifest[]) => void, colors = false) =>
  reportText(edited(edit), heading, colors);

// Twenty lines of one kind hide the one line that counts.
describe('many changes of one kind are one line', () => {
  test('in one place of one object', () => {
    const text = textOf((list) => {
      const { env } = containerOf(list, 'api');
      for (let i = 1; i <= 10; i++) env?.push({ name: `VARIABLE_${i}`, value: String(i) });
    });
    const lines = text.split('\n').filter((line) => line.includes('VARIABLE_'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('spec.template.spec.containers[api].env: 10 added: ');
    expect(lines[0]).toContain('and 7 more');
  });

  test('the same of many objects', () => {
    const text = textOf((list) => {
      for (const { metadata } of list) Object.assign(metadata.labels ?? {}, { team: 'honeydue' });
    });
    expect(text.split('\n').filter((line) => line.includes('metadata.labels.team: + honeydue'))).toHaveLength(
      1,
    );
    expect(text).toContain('and 40 more');
    expect(text).toContain('Merging this changes configuration only (43).');
  });

  test('of many objects alike but for their values, the first is shown and all are counted', () => {
    const add = (list: Manifest[], of: (i: number) => string) => {
      for (let i = 1; i <= 10; i++) {
        const copy = structuredClone(controllerOf(list, 'api'));
        copy.metadata.name = `copy-${i}`;
        containerOf([copy], `copy-${i}`).image = `registry.example.com/copy:${of(i)}`;
        list.push(copy);
      }
    };
    const [old, next] = [objects(), objects()];
    add(old, (i) => `${i}`);
    add(next, (i) => `${i}${i}`);
    const { before, after } = states(filesOf(old), filesOf(next));
    const text = reportText(report(before, after), heading, false);
    expect(text).toContain('Merging this rolls pods (10).');
    expect(text).toContain('10 alike but for their values; the first:');
    expect(text.split('\n').filter((line) => line.includes('copy:'))).toHaveLength(1);
  });

  test('few are shown one by one', () => {
    const text = textOf((list) => {
      for (const name of ['A', 'B', 'C']) containerOf(list, 'api').env?.push({ name, value: name });
    });
    expect(text.match(/env\[[ABC]\]: \+/g)).toHaveLength(3);
  });
});

describe('what a reader sees of a value', () => {
  test('of two long texts, the part that differs', () => {
    const text = textOf((list) => {
      const { args = [] } = containerOf(list, 'traefik');
      containerOf(list, 'traefik').args = args.map((arg) => arg.replace('172.64.0.0/13,', ''));
    });
    expect(text).toMatch(
      /args\[9\]: ….*104\.24\.0\.0\/14,172\.64\.0\.0\/13,131\..*… → ….*104\.24\.0\.0\/14,131\..*…/,
    );
  });

  // A string that reads like a number is another thing to the API server.
  test('a string that looks like something else stands in quotes', () => {
    const text = textOf((list) => {
      const { data = {} } = one(list, 'ConfigMap', 'honeydue-config');
      data.DEBUG = 'true';
    });
    expect(text).toContain('data.DEBUG: "false" → "true"');
  });

  // dist/ has no secret values; somebody's mistake must not be repeated in a log and in a comment.
  test('never a value of a Secret, whether it comes, changes or goes', () => {
    const secret = (value: string) => ({ data: { key: value }, stringData: { other: value } });
    const add = (list: Manifest[], value: string) =>
      list.push(manifest('v1', 'Secret', 'leak', secret(value)));
    const [old, next] = [objects(), objects()];
    add(old, 'hunter2');
    add(next, 'hunter3');
    const pairs = [
      [objects(), old],
      [old, next],
      [next, objects()],
    ] as const;
    for (const [from, to] of pairs) {
      const { before, after } = states(filesOf(from), filesOf(to));
      const result = report(before, after);
      const all = [
        JSON.stringify(result),
        reportText(result, heading, false),
        reportMarkdown(result, heading),
      ].join();
      expect(all).toContain('Secret honeydue/leak');
      expect(all).not.toMatch(/hunter/);
    }
  });
});

describe('as a comment', () => {
  // A manifest is anybody's text: in a comment it must not mention people, link issues or break the table.
  test('text of manifests is text, not markup', () => {
    const markdown = reportMarkdown(
      edited((list) => {
        Object.assign(one(list, 'ConfigMap', 'honeydue-config').data ?? {}, {
          A: '`@admin` <img src=x> #1 ``two``',
        });
        list.push(manifest('v1', 'ConfigMap', '@all', { data: {} }));
      }),
      heading,
    );
    expect(markdown).toContain('``` `@admin` <img src=x> #1 ``two`` ```');
    expect(markdown).toContain('**ConfigMap honeydue/\\@all**');
  });

  test('nothing changed is one sentence without a warning', () => {
    expect(
      reportMarkdown(
        edited(() => {}),
        heading,
      ),
    ).toMatch(/^### Merging this changes nothing\.\n\n(?!.*deploy)/);
  });
});

test('colours are for terminals', () => {
  const image = (list: Manifest[]) => {
    containerOf(list, 'api').image = 'registry.example.com/x:1';
  };
  const colour = String.fromCharCode(27);
  expect(textOf(image, true)).toContain(colour);
  expect(textOf(image)).not.toContain(colour);
});

describe('room', () => {
  test('totals by node, before and after, and that two of three carry everything', () => {
    const text = textOf((list) => {
      const { requests = {} } = containerOf(list, 'redis').resources ?? {};
      requests.memory = '1Gi';
    });
    expect(text).toMatch(/ubuntu-8gb-nbg1-2 .* 768Mi → 1152Mi \(21 %\)/);
    expect(text).toContain('Without any one server the other 2 carry everything');
  });

  test('what no longer fits on two of three is named', () => {
    const text = textOf((list) => {
      for (const name of ['api', 'worker'])
        Object.assign(containerOf(list, name).resources?.requests ?? {}, { cpu: '1500m' });
    });
    expect(text).toMatch(/Without ubuntu-8gb-nbg1-\d there is no room for (api|worker)/);
  });

  // A sum that fits is no help when no single node has the room: scheduling is by node.
  test('a pod larger than a node does not fit, whatever the sum says', () => {
    const large = structuredClone(controllerOf(objects(), 'vmagent'));
    Object.assign(containerOf([large], 'vmagent').resources?.requests ?? {}, { cpu: '3500m' });
    const { withoutOne } = capacity([large], ['a', 'b', 'c']);
    expect(withoutOne.map(({ noRoomFor }) => noRoomFor)).toEqual([['vmagent'], ['vmagent'], ['vmagent']]);
  });

  test('a pod bound to the lost node waits for it and takes no room', () => {
    const { withoutOne } = capacity(objects(), ['ubuntu-8gb-nbg1-2', 'b', 'c']);
    expect(withoutOne.flatMap(({ noRoomFor }) => noRoomFor)).toEqual([]);
  });
});
