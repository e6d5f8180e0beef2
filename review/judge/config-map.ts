import { namespaces } from '../../config/names.ts';
import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import type { World, Worlds } from '../objects/world.ts';
import type { Edit } from './judge.ts';
import { some } from './list-text.ts';
import { redisFile } from './redis-file.ts';
import { routes } from './routes.ts';

/** Files and variables that pods read. */
export function configMap(edit: Edit, worlds: Worlds): Effect[] {
  const inEdge = edit.after.metadata.namespace === namespaces.edge;
  return [...(inEdge ? routes(edit) : []), ...redisFile(edit), ...unnoticed(edit, worlds)];
}

/** Its readers lose it: those that run go on, none starts again. */
export function removedConfigMap(object: Manifest, world: World): Effect[] {
  const names = world.readersOf(object).map(({ owner }) => owner.metadata.name);
  return names.length === 0 ? [] : [effect('interrupts', `${some(names)} cannot start again without it`)];
}

/** Pods do not see a changed ConfigMap: a fingerprint in their template replaces them. These have none, or an old one. */
function unnoticed({ before, after, changes }: Edit, worlds: Worlds): Effect[] {
  if (!changes.some(({ path }) => path[0] === 'data' || path[0] === 'binaryData')) return [];
  const same = worlds.after.readersOf(after).filter(({ id, template }) => {
    const old = worlds.before.readersOf(before).find((pods) => pods.id === id);
    return old !== undefined && JSON.stringify(old.template) === JSON.stringify(template);
  });
  const names = same.map(({ owner }) => owner.metadata.name);
  return names.length === 0
    ? []
    : [effect('config only', `${some(names)} read it and are not restarted for it`)];
}
