import { allEdits } from '../../review/edits/index.ts';
import { objects } from '../../review/states.ts';
import { startCluster, startSurroundings } from '../cluster.ts';
import { host, hosts, PRODUCTION_HOSTS } from '../lab.ts';
import { apply, type Kubectl } from '../review/api-server.ts';
import { unknownDefaults, wrongVerdicts } from '../review/cross-check.ts';
import { withHosts } from '../testing/scenario.ts';

// The review never asks a cluster, so a cluster is asked here whether the review is right: about every object of dist/,
// and about every edit whose class test/review/ holds. One server is enough; no pod has to run.

withHosts(PRODUCTION_HOSTS.slice(0, 1));

const server = () => host('hetzner1');
const kubectl: Kubectl = (words, input = '') =>
  server().exec(`k3s kubectl ${words}`, { input, timeoutMs: 100_000 });

/** Those that end in something to apply. */
const edits = allEdits.filter((edit) => edit.host === undefined);

beforeAll(async () => {
  await startSurroundings();
  await startCluster(hosts());
  // Controllers compute what they would do; nothing is pulled and nothing runs.
  await server().must(`k3s kubectl taint node ${server().hostname} lab=review:NoSchedule`);
  await apply(kubectl, objects());
}, 400_000);

test('the API server adds to no object of dist/ what the review does not know of', async () => {
  const differences = [];
  for (const object of objects()) differences.push(...(await unknownDefaults(kubectl, object)));
  expect(differences).toEqual([]);
});

test.each(edits)('$impact: $name', async (edit) => {
  expect(await wrongVerdicts(kubectl, edit)).toEqual([]);
});
