import type { Manifest } from '../synth/render.ts';
import { compareObjects } from './compare/objects.ts';
import { pathText } from './compare/path.ts';
import { isSound, shapeFaults } from './compare/shape.ts';
import type { Change } from './compare/values.ts';
import { difference, type Entry, entry } from './entry.ts';
import { type Effect, effect } from './impact.ts';
import { judgeAdded, judgeEdit, judgeRemoved } from './judge/kinds.ts';
import { World, type Worlds } from './objects/world.ts';
import type { Located } from './state/manifests.ts';
import type { State } from './state/state.ts';

/** Every object that comes, changes or goes. */
export function objectEntries(before: State, after: State): Entry[] {
  const worlds: Worlds = { before: worldOf(before), after: worldOf(after) };
  const old = new Map(before.objects.map((located) => [located.key, located]));
  const next = new Set(after.objects.map(({ key }) => key));
  return [
    ...after.objects.flatMap((located) => {
      const was = old.get(located.key);
      return was === undefined ? [added(located, worlds)] : changed(was, located, worlds);
    }),
    ...before.objects.filter(({ key }) => !next.has(key)).map((located) => removed(located, worlds)),
  ];
}

const worldOf = ({ objects }: State) => new World(objects.map(({ object }) => object));

function added({ id, object, file }: Located, { after }: Worlds): Entry {
  const whole = { path: '', after: shown(object, object) };
  const effects = isSound(object) ? judgeAdded(object, after) : refusals(object);
  return entry({ subject: id, file, change: 'added' }, effects, [whole], 'config only');
}

function removed({ id, object, file }: Located, { after }: Worlds): Entry {
  const whole = { path: '', before: shown(object, object) };
  return entry(
    { subject: id, file, change: 'removed' },
    isSound(object) ? judgeRemoved(object, after) : [unclear],
    [whole],
    'config only',
  );
}

function changed(before: Located, after: Located, worlds: Worlds): Entry[] {
  const moved = before.file !== after.file;
  // A document that stands in both states is one and the same object.
  if (before.object === after.object && !moved) return [];
  const { written, seen } = compareObjects(before.object, after.object);
  if (written.length === 0 && !moved) return [];
  const effects = seen.length === 0 ? [] : effectsOf(before.object, after.object, seen, worlds);
  const differences = written.map(({ path, before: was, after: is, unseen }) =>
    difference(pathText(path), masked(after.object, path[0], was), masked(after.object, path[0], is), unseen),
  );
  return [
    entry(
      { subject: after.id, file: after.file, change: 'changed' },
      moved ? [...effects, effect('no effect', `moved here from ${before.file}`)] : effects,
      differences,
      seen.length === 0 ? 'no effect' : 'config only',
    ),
  ];
}

function effectsOf(before: Manifest, after: Manifest, changes: readonly Change[], worlds: Worlds): Effect[] {
  if (!isSound(after)) return refusals(after);
  return isSound(before) ? judgeEdit({ before, after, changes }, worlds) : [unclear];
}

const refusals = (object: Manifest) =>
  shapeFaults(object).map((fault) =>
    effect('refused by the API', fault, 'write it as Kubernetes 1.34 has it'),
  );

const unclear = effect(
  'interrupts',
  'what stood there before could not be applied: what the cluster has, is not known here',
);

const SECRET_FIELDS = ['data', 'stringData'];

/** Values of a Secret are shown to nobody. dist/ holds none; somebody's mistake must not end up in a comment. */
function masked({ kind }: Manifest, field: unknown, value: unknown): unknown {
  return kind === 'Secret' && SECRET_FIELDS.includes(String(field)) && value !== undefined
    ? '(redacted)'
    : value;
}

function shown(object: Manifest, { kind }: Manifest): Manifest {
  if (kind !== 'Secret') return object;
  return {
    ...object,
    ...Object.fromEntries(
      SECRET_FIELDS.filter((field) => field in object).map((field) => [field, '(redacted)']),
    ),
  };
}
