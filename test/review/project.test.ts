import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { scripts } from '../../package.json';

/** The workflow for the repository's users. No runner is at hand here: what can be told from its text is told. */
const root = join(__dirname, '../..');
const workflow = parse(readFileSync(join(root, '.gitea/workflows/review.yaml'), 'utf8')) as {
  permissions: Record<string, string>;
  jobs: Record<string, { steps: { run?: string; uses?: string; with?: Record<string, unknown> }[] }>;
};
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const commands = steps.flatMap(({ run }) => run ?? []);

// A step that is not a script cannot be tried before it is pushed, and a script that is gone fails for everybody.
test('every step is an npm script that is there', () => {
  for (const command of commands) expect(command).toMatch(/^npm (ci|test|run [\w:]+)\b/);
  const named = commands.flatMap((command) => /^npm run ([\w:]+)/.exec(command)?.[1] ?? []);
  expect(named).toEqual(['check', 'synth', 'diff:comment']);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...named, 'test']));
});

// Without history there is no merge base; with more rights than these a build could change the repository.
test('the report has the history, may write comments, and nothing may write anything else', () => {
  const checkout = workflow.jobs.report?.steps[0];
  expect(checkout?.with).toMatchObject({ 'fetch-depth': 0 });
  expect(workflow.permissions).toEqual({ contents: 'read', issues: 'write', 'pull-requests': 'write' });
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout'));
  for (const { with: options } of checkouts) expect(options).toMatchObject({ 'persist-credentials': false });
});

// Imports point one way: deploy shows the report, and the charts know nothing of it.
test.each([
  ['charts', /review\//],
  ['config', /review\//],
  ['review', /\/(bootstrap|charts)\//],
])('%s/ imports nothing that it may not', (folder, forbidden) => {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts'));
  expect(sources.length).toBeGreaterThan(10);
  const imports = sources.flatMap((file) =>
    [...readFileSync(join(root, folder, file), 'utf8').matchAll(/from '([^']+)'/g)].map(
      ([, from]) => `${file}: ${from}`,
    ),
  );
  expect(imports.filter((line) => forbidden.test(line.replace(/^[^:]*: /, '')))).toEqual([]);
});
