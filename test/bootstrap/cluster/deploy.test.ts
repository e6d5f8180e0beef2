import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployStep } from '../../../bootstrap/src/cluster/apply/deploy-step.ts';
import { type Deploy, deploysIn, RECORD } from '../../../bootstrap/src/cluster/apply/record.ts';
import type { ApplyContext } from '../../../bootstrap/src/cluster/apply/step.ts';
import type { KubeObject } from '../../../bootstrap/src/cluster/object.ts';
import type { Plan, Run } from '../../../bootstrap/src/frame/step.ts';
import type { Cluster } from '../../../config/schema.ts';
import { Repository } from '../../review/repository.ts';
import { testClock } from '../clock.ts';
import { ApiServer } from './api-server.ts';
import { deployment, namespace } from './objects.ts';

/** What deploy tells and deletes, from what the cluster remembers and git knows. */

let git: Repository;
let api: ApiServer;
beforeEach(() => {
  git = new Repository();
  api = new ApiServer();
});
afterEach(() => git.remove());

const honeydue = namespace('honeydue');
const thing = (kind: string, name: string, data: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'honeydue' },
  ...data,
});
const settings = (value: string) => thing('ConfigMap', 'settings', { data: { KEY: value } });

/** The step as one run of the command makes it. */
function step(named: readonly string[] = [], folder = git.folder) {
  const context = {
    kubectl: api.kubectl,
    site: { dist: join(folder, 'dist') },
    cluster: () => ({ nodes: [] }) as unknown as Cluster,
    prodEnv: async () => ({}),
    say: () => {},
  };
  return deployStep(context as unknown as ApplyContext, named);
}

const run: Run = { clock: testClock(), signal: new AbortController().signal, say: () => {} };

/** What a run would do now. */
async function plan(named: readonly string[] = [], folder = git.folder): Promise<Plan> {
  const one = step(named, folder);
  return one.plan(await one.observe(run));
}

/** A whole run, as the frame makes it. @returns what is left to do afterwards */
async function deploy(named: readonly string[] = []): Promise<Plan> {
  const one = step(named);
  const observed = await one.observe(run);
  const { changes, problems } = one.plan(observed);
  expect(problems).toEqual([]);
  await one.apply(changes, observed, run);
  return one.plan(await one.observe(run));
}

/** dist/ with these objects. */
function write(...objects: readonly KubeObject[]): void {
  git.write(
    new Map([['10-all.k8s.yaml', objects.map((object) => `${JSON.stringify(object)}\n`).join('---\n')]]),
  );
}

function commit(...objects: readonly KubeObject[]): void {
  write(...objects);
  git.commit('dist');
}

const rows = ({ changes }: Plan) => changes.map(({ action, what }) => `${action} ${what}`);

const remembered = (): Deploy[] => deploysIn([...api.objects.values()]);

function remember(deploys: readonly Deploy[]): void {
  api.put({ ...RECORD, data: { deploys: JSON.stringify(deploys) } });
}

/** A cluster in which these objects were deployed from a commit. */
async function deployed(...objects: readonly KubeObject[]): Promise<void> {
  commit(...objects);
  api.put(honeydue);
  await deploy();
  api.done.length = 0;
}

describe('the report', () => {
  test('is of dist/ since the last deployment; little is done without a question', async () => {
    await deployed(honeydue, settings('one'));
    commit(honeydue, settings('two'));
    const { review, notes } = await plan();
    expect(review).toMatchObject({ verdict: 'Deploying this changes configuration only (1).', asks: false });
    expect(review?.text(false)).toMatch(/compared with the last deployment \(.* commit [0-9a-f]{12}\)/);
    expect(review?.text(false)).toMatch(/~ ConfigMap honeydue\/settings\n.*data\.KEY: one → two/s);
    expect(notes).toEqual([]);
    expect((await deploy()).changes).toEqual([]);
  });

  test('asks when something is interrupted or worse', async () => {
    const recreated = (image: string) =>
      deployment('worker', {
        status: undefined,
        spec: {
          replicas: 1,
          strategy: { type: 'Recreate' },
          selector: { matchLabels: { app: 'worker' } },
          template: {
            metadata: { labels: { app: 'worker' } },
            spec: { containers: [{ name: 'worker', image }] },
          },
        },
      });
    await deployed(honeydue, recreated('image:1'));
    commit(honeydue, recreated('image:2'));
    const { review } = await plan();
    expect(review?.verdict).toMatch(/^Deploying this interrupts \(1\)/);
    expect(review?.asks).toBe(true);
  });

  // Nobody has reviewed that, however mild the rest is.
  test('asks before it overwrites what only the cluster has', async () => {
    const other = thing('ConfigMap', 'other', { data: { KEY: 'one' } });
    await deployed(honeydue, settings('one'), other);
    api.put({ ...other, data: { KEY: 'by hand' } });
    const unchanged = await plan();
    expect(rows(unchanged)).toEqual(['change ConfigMap honeydue/other']);
    expect(unchanged.review).toBeUndefined();
    expect(unchanged.notes).toEqual([
      expect.stringMatching(/left undone then, or changed in the cluster since/),
    ]);
    commit(honeydue, settings('two'), other);
    expect((await plan()).review?.asks).toBe(true);
  });

  test('nothing to do: no report', async () => {
    await deployed(honeydue, settings('one'));
    expect(await plan()).toEqual({ changes: [], problems: [], notes: [] });
  });
});

describe('without knowing what was applied last it goes on, reports nothing and deletes nothing', () => {
  const last = (commit?: Deploy['commit']): Deploy => ({
    at: '2026-11-25T03:00:00Z',
    by: 'me@here',
    ...(commit && { commit }),
    objects: [],
    revisions: {},
  });

  async function expectNote(note: RegExp, folder = git.folder): Promise<void> {
    const found = await plan([], folder);
    expect(rows(found)).toEqual(['create ConfigMap honeydue/settings']);
    expect(found.review).toBeUndefined();
    expect(found.notes).toEqual([expect.stringMatching(note)]);
    expect(found.notes[0]).toMatch(/no report .* nothing is deleted\.$/);
  }

  beforeEach(() => {
    api.put(honeydue, thing('ConfigMap', 'old'));
    commit(honeydue, settings('one'));
  });

  test('nothing was ever recorded', () => expectNote(/^The cluster remembers no deployment/));

  test('its commit is not in this clone', () => {
    remember([last({ id: 'f'.repeat(40), dirty: false })]);
    return expectNote(/me@here\) cannot be read: f{40}: git knows no such commit/);
  });

  test('it was made outside git', () => {
    remember([last()]);
    return expectNote(/me@here\) was made outside git/);
  });

  test('this is outside git', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    try {
      cpSync(join(git.folder, 'dist'), join(outside, 'dist'), { recursive: true });
      remember([last({ id: 'f'.repeat(40), dirty: false })]);
      await expectNote(/is not in a git repository/, outside);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('and --delete is refused then', async () => {
    expect((await plan(['Secret honeydue/old'])).problems).toEqual([
      expect.stringMatching(/^--delete 'Secret honeydue\/old': it is not known/),
    ]);
  });
});

// What was not committed is in no clone: it can neither be compared nor deleted.
test('a last deployment with changes that were not committed is compared by its commit, and that is said', async () => {
  commit(honeydue, settings('committed'));
  write(honeydue, settings('not committed'));
  api.put(honeydue);
  await deploy();
  expect(remembered()[0]?.commit?.dirty).toBe(true);
  commit(honeydue, settings('two'));
  const { review, notes } = await plan();
  expect(review?.text(false)).toMatch(/committed → two/);
  expect(notes).toEqual([expect.stringMatching(/not committed: they are not part of the comparison/)]);
});

describe('what dist/ says no longer', () => {
  const old = [thing('ConfigMap', 'old'), deployment('old'), thing('Service', 'old')];

  test('is deleted last, users before what they use; the run is recorded, and ends with nothing to do', async () => {
    await deployed(honeydue, settings('one'), ...old);
    commit(honeydue, settings('two'));
    const found = await plan();
    expect(rows(found)).toEqual([
      'change ConfigMap honeydue/settings',
      'remove Deployment honeydue/old',
      'remove Service honeydue/old',
      'remove ConfigMap honeydue/old',
    ]);
    expect(found.review?.asks).toBe(true);
    expect((await deploy()).changes).toEqual([]);
    expect(api.done).toEqual([
      'apply ConfigMap honeydue/honeydue-deploys',
      'apply Namespace honeydue',
      'apply ConfigMap honeydue/settings',
      'delete Deployment honeydue/old',
      'delete Service honeydue/old',
      'delete ConfigMap honeydue/old',
    ]);
    expect(remembered()[0]?.objects).toContain('Deployment honeydue/old');
  });

  test('and nothing else is to be done: it is recorded all the same', async () => {
    await deployed(honeydue, settings('one'), ...old);
    commit(honeydue, settings('one'));
    expect((await deploy()).changes).toEqual([]);
    expect(remembered()).toHaveLength(2);
  });

  // The record is written first: the next run compares with a dist/ that has it no longer.
  test('is deleted by the next run when the first was cut off before that', async () => {
    await deployed(honeydue, settings('one'), ...old);
    commit(honeydue, settings('two'));
    await deploy();
    api.put(...old);
    expect(rows(await plan())).toEqual([
      'remove Deployment honeydue/old',
      'remove Service honeydue/old',
      'remove ConfigMap honeydue/old',
    ]);
  });

  test('stays when it is not ours any more', async () => {
    await deployed(honeydue, settings('one'), thing('ConfigMap', 'old'));
    commit(honeydue, settings('one'));
    api.objects.set('ConfigMap honeydue/old', thing('ConfigMap', 'old'));
    const found = await plan();
    expect(found.changes).toEqual([]);
    expect(found.notes).toEqual([
      expect.stringMatching(/^ConfigMap honeydue\/old .* stays: others have made it/),
    ]);
  });

  test('stays when it is the same object as one of dist/, under another API group', async () => {
    const route = (group: string) => ({ ...thing('Ingress', 'web'), apiVersion: `${group}/v1` });
    await deployed(honeydue, route('extensions'));
    commit(honeydue, route('networking.k8s.io'));
    const one = route('networking.k8s.io');
    api.put({ ...one, metadata: { ...one.metadata, uid: 'u1' } });
    expect(rows(await plan()).filter((row) => row.startsWith('remove'))).toEqual([]);
  });

  test.each(['Secret', 'PersistentVolumeClaim'])('a %s stays unless it is named', async (kind) => {
    await deployed(honeydue, settings('one'), thing(kind, 'old'), thing(kind, 'older'));
    commit(honeydue, settings('two'));
    const found = await plan();
    expect(rows(found)).toEqual(['change ConfigMap honeydue/settings']);
    expect(found.notes).toEqual([
      expect.stringMatching(
        new RegExp(`^${kind} honeydue/old is not in dist/ .* stays: .* --delete '${kind} honeydue/old'$`),
      ),
      expect.stringMatching(new RegExp(`^${kind} honeydue/older `)),
    ]);
    const left = await deploy([`${kind} honeydue/old`]);
    expect([left.changes, left.problems]).toEqual([[], []]);
    expect(api.done.filter((call) => call.startsWith('delete'))).toEqual([`delete ${kind} honeydue/old`]);
  });

  test('does not include what dist/ still says: naming that is refused, and nothing is done', async () => {
    await deployed(honeydue, settings('one'), thing('Secret', 'used'), thing('Secret', 'old'));
    commit(honeydue, settings('one'), thing('Secret', 'used'));
    const { changes, problems } = await plan(['Secret honeydue/used']);
    expect(changes).toEqual([]);
    expect(problems).toEqual([
      expect.stringMatching(/^--delete 'Secret honeydue\/used': .* These are: Secret honeydue\/old\.$/),
    ]);
  });
});
