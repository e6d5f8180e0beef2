import { join } from 'node:path';
import { deployStep } from '../../../bootstrap/src/cluster/apply/deploy-step.ts';
import { lookForLeftOver } from '../../../bootstrap/src/cluster/apply/prune.ts';
import type { ApplyContext } from '../../../bootstrap/src/cluster/apply/step.ts';
import { openKubectl } from '../../../bootstrap/src/cluster/kubectl.ts';
import { applyObjects, managers } from '../../../bootstrap/src/cluster/kubectl-calls.ts';
import { realClock } from '../../../bootstrap/src/frame/clock.ts';
import type { Run } from '../../../bootstrap/src/frame/step.ts';
import type { Located } from '../../../review/state/manifests.ts';
import type { Manifest } from '../../../synth/render.ts';
import { manifest } from '../../review/edits/edit.ts';
import { Repository } from '../../review/repository.ts';
import { startCluster, startSurroundings } from '../cluster.ts';
import { quote } from '../core/shell.ts';
import { host, hosts, PRODUCTION_HOSTS } from '../lab.ts';
import { withHosts } from '../testing/scenario.ts';

// Deleting is asked of a real API server: what kubectl makes of these words, and whether all is gone when it has ended.
// One server is enough; no pod has to run.

withHosts(PRODUCTION_HOSTS.slice(0, 1));

const git = new Repository();
afterAll(() => git.remove());

beforeAll(async () => {
  await startSurroundings();
  await startCluster(hosts());
  // As the step `secrets` of provision does.
  await kubectl.must(applyObjects(JSON.stringify(namespace), managers.apply));
}, 400_000);

const server = () => host('hetzner1');
const kubectl = openKubectl(() => [
  {
    alias: 'hetzner1',
    run: (words, { input = '' } = {}) =>
      server().exec(words.map(quote).join(' '), { input, timeoutMs: 100_000 }),
  },
]);

const run: Run = { clock: realClock, signal: new AbortController().signal, say: () => {} };

/** With a label: of an object of which nothing is said but its name, the API server remembers no manager. */
const namespace: Manifest = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'honeydue', labels: { 'app.kubernetes.io/part-of': 'honeydue' } },
};
const settings = manifest('v1', 'ConfigMap', 'settings', { data: { KEY: 'one' } });
const old = [
  manifest('v1', 'ConfigMap', 'old', { data: { KEY: 'one' } }),
  manifest('v1', 'Secret', 'old', { type: 'Opaque' }),
  manifest('apps/v1', 'Deployment', 'old', {
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'old' } },
      template: {
        metadata: { labels: { app: 'old' } },
        spec: { containers: [{ name: 'old', image: 'old:1' }] },
      },
    },
  }),
];

/** Commits a dist/ and deploys it. @returns what was done, and what would be left to do */
async function deploy(objects: readonly Manifest[], named: readonly string[] = []) {
  git.write(new Map([['10-all.k8s.yaml', objects.map((one) => `${JSON.stringify(one)}\n`).join('---\n')]]));
  git.commit('dist');
  const context = {
    kubectl,
    site: { dist: join(git.folder, 'dist') },
    cluster: () => ({ nodes: [] }),
    prodEnv: async () => ({}),
    say: () => {},
  };
  const step = deployStep(context as unknown as ApplyContext, named);
  const observed = await step.observe(run);
  const { changes, notes } = step.plan(observed);
  await step.apply(changes, observed, run);
  const left = step.plan(await step.observe(run));
  return { done: changes.map(({ action, what }) => `${action} ${what}`), notes, left };
}

const names = async () =>
  (
    await kubectl.must({
      words: ['get', 'deployments,replicasets,configmaps,secrets', '-n', 'honeydue', '-o', 'name'],
    })
  )
    .split('\n')
    .filter((name) => /old/.test(name));

test('what dist/ says no longer is gone afterwards; a Secret only when it is named', async () => {
  await deploy([namespace, settings, ...old]);
  const { done, notes, left } = await deploy([namespace, settings]);
  expect(done).toEqual(['remove Deployment honeydue/old', 'remove ConfigMap honeydue/old']);
  expect(notes).toEqual([expect.stringMatching(/^Secret honeydue\/old .* stays/)]);
  expect(left.changes).toEqual([]);
  expect(await names()).toEqual(['secret/old']);
  await deploy([namespace, settings], ['Secret honeydue/old']);
  expect(await names()).toEqual([]);
}, 200_000);

test('a kind that the API server does not know stops no deployment', async () => {
  const object = manifest('example.com/v1', 'Widget', 'old', {});
  const gone: Located = { object, id: 'Widget honeydue/old', key: 'x', file: 'x', line: 1 };
  const { objects, trouble } = await lookForLeftOver(kubectl, [gone]);
  expect(objects).toEqual([]);
  expect(trouble).toMatch(/Widget/);
}, 60_000);
