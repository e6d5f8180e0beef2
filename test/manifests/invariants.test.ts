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
