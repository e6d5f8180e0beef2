import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import { isController } from '../objects/find.ts';

/** Workloads that come and go. */

export function newWorkload(object: Manifest): Effect[] {
  if (!isController(object)) return [effect('config only', 'starts')];
  if (object.kind === 'DaemonSet') return [effect('config only', 'starts one pod on each node')];
  const count = object.spec.replicas ?? 1;
  return [effect('config only', count === 1 ? 'starts one pod' : `starts ${count} pods`)];
}

export function removedWorkload(object: Manifest): Effect[] {
  const stops = effect('interrupts', 'its pods stop');
  if (!isController(object) || object.kind !== 'StatefulSet') return [stops];
  return object.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete'
    ? [effect('loses data', 'its claims are deleted together with it'), stops]
    : [effect('interrupts', 'its pods stop; its claims stay')];
}
