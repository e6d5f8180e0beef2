import { namespaces } from '../../config/names.ts';
import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import { containersOf, type Pods } from '../objects/find.ts';
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
  const names = readers(object, world).map(({ owner }) => owner.metadata.name);
  return names.length === 0 ? [] : [effect('interrupts', `${some(names)} cannot start again without it`)];
}

/** Pods do not see a changed ConfigMap: a fingerprint in their template replaces them. These have none, or an old one. */
function unnoticed({ before, after, changes }: Edit, worlds: Worlds): Effect[] {
  if (!changes.some(({ path }) => path[0] === 'data' || path[0] === 'binaryData')) return [];
  const same = readers(after, worlds.after).filter(({ id, template }) => {
    const old = readers(before, worlds.before).find((pods) => pods.id === id);
    return old !== undefined && JSON.stringify(old.template) === JSON.stringify(template);
  });
  const names = same.map(({ owner }) => owner.metadata.name);
  return names.length === 0
    ? []
    : [effect('config only', `${some(names)} read it and are not restarted for it`)];
}

function readers({ metadata }: Manifest, world: World): Pods[] {
  return world.pods(metadata.namespace).filter(({ template }) => reads(template, metadata.name));
}

function reads(template: Pods['template'], name: string): boolean {
  const mounted = (template.spec.volumes ?? []).some(({ configMap }) => configMap?.name === name);
  return (
    mounted ||
    containersOf(template).some(
      ({ env = [], envFrom = [] }) =>
        envFrom.some(({ configMapRef }) => configMapRef?.name === name) ||
        env.some(({ valueFrom }) => valueFrom?.configMapKeyRef?.name === name),
    )
  );
}
