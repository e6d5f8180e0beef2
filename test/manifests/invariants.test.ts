import { buildApp } from '../../charts/index.ts';
import type { Cluster } from '../../config/schema.ts';
import { parseManifests } from '../../synth/compare.ts';
import { type Manifest, render } from '../../synth/render.ts';
import { variants } from '../clusters.ts';
import { invariants } from './invariants/index.ts';

interface World {
  readonly objects: Manifest[];
  readonly cluster: Cluster;
}

type Variant = keyof typeof variants;

const names = Object.keys(variants) as Variant[];
const worlds = new Map(
  names.map((name): [Variant, World] => {
    const cluster = variants[name]();
    return [name, { cluster, objects: parseManifests(render(buildApp(cluster))) }];
  }),
);

function world(name: Variant): World {
  const found = worlds.get(name);
  if (!found) throw new Error(`there is no variant ${name}`);
  return found;
}

describe.each(names)('%s', (name) => {
  const { objects, cluster } = world(name);
  test.each(invariants)('$name', ({ why, check }) => {
    expect({ why, problems: check(objects, cluster) }).toEqual({ why, problems: [] });
  });
});

// An invariant that cannot fail protects nothing: each is shown manifests that break it.
describe('is noticed when broken', () => {
  const breaks = invariants.flatMap(({ name, check, breaks }) =>
    breaks.map(({ variant = 'as it is', how }, i) => ({ name, nth: i + 1, check, variant, how })),
  );
  test.each(breaks)('$name, break $nth', ({ check, variant, how }) => {
    const { objects, cluster } = world(variant);
    const copy = structuredClone(objects);
    how(copy, cluster);
    expect(check(copy, cluster)).not.toEqual([]);
  });
});

test('each invariant has a name of its own, as docs/controls.md refers to it by name', () => {
  const all = invariants.map(({ name }) => name);
  expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
});

const HASTE = [
  'fits-without-one-node',
  'grace-period-covers-shutdown',
  'images-pinned',
  'limit-range-without-defaults',
  'matrix-knows-every-workload',
  'moves-from-dead-nodes',
  'no-api-token',
  'no-service-links',
  'one-policy-a-workload',
  'own-service-account',
  'pod-security-allowPrivilegeEscalation',
  'pod-security-capabilities_restricted',
  'pod-security-runAsNonRoot',
  'pod-security-seccompProfile_restricted',
  'priorities',
  'probed',
  'quota-covers-a-rollout',
  'read-only-root',
  'recommended-labels',
  'resources-given',
  'rollout-stops-at-a-bad-pod',
  'selector-is-one-label',
  'spread-over-nodes',
  'strategy-explicit',
  'uid-above-host-users',
];

// No test names this workload: the invariants find it by themselves, as they will the next one.
test('a new workload that was written in haste is told what it lacks', () => {
  const { objects, cluster } = world('as it is');
  const labels = { app: 'web' };
  const hasty: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'honeydue' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    },
  };
  const told = invariants.filter(({ check }) => check([...objects, hasty], cluster).length > 0);
  expect(told.map(({ name }) => name)).toEqual(expect.arrayContaining(HASTE));
});
