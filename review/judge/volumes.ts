import { amount } from '../../config/quantity.ts';
import type { Manifest } from '../../synth/render.ts';
import { fieldOf } from '../compare/path.ts';
import { type Effect, effect } from '../impact.ts';
import { containersOf, templateOf } from '../objects/find.ts';
import type { Controller } from '../objects/kinds.ts';
import type { World } from '../objects/world.ts';
import type { Edit } from './judge.ts';

/** Data on disks: what is deleted, what is left behind, what cannot be resized. */
export function volumes({ before, after, changes }: Edit): Effect[] {
  const [old, next] = [mountsOf(before), mountsOf(after)];
  const lost = old.filter((mount) => !next.includes(mount));
  const moved = changes.some(({ path }) => fieldOf(path).startsWith('spec.template.spec.nodeSelector'));
  return [
    ...lost.map((mount) => effect('loses data', `no longer finds its data: ${mount}`)),
    ...(moved && old.length > 0 ? [leftBehind(before)] : []),
    ...retention(before, after),
  ];
}

function leftBehind(before: Manifest): Effect {
  const node = templateOf(before)?.spec.nodeSelector?.['kubernetes.io/hostname'] ?? 'its node';
  return effect(
    'loses data',
    `its volume stays on ${node}: the pod does not start on another node`,
    'save the data, delete the claim, apply, restore the data',
  );
}

/** `container redis: data on /data`, for what is mounted from a claim. */
function mountsOf(object: Manifest): string[] {
  const template = templateOf(object);
  if (template === undefined) return [];
  const { volumeClaimTemplates = [] } = (object.spec ?? {}) as Partial<Controller['spec']>;
  const claims = new Map([
    ...volumeClaimTemplates.map(({ metadata }) => [metadata.name, metadata.name] as const),
    ...(template.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim }) =>
      persistentVolumeClaim === undefined ? [] : [[name, persistentVolumeClaim.claimName] as const],
    ),
  ]);
  return containersOf(template).flatMap(({ name: container, volumeMounts = [] }) =>
    volumeMounts
      .filter(({ name }) => claims.has(name))
      .map(
        ({ name, mountPath, subPath = '' }) =>
          `container ${container}: claim ${claims.get(name)}${subPath && ` ${subPath}`} on ${mountPath}`,
      ),
  );
}

type Retention = Readonly<Record<string, string | undefined>>;

/** A StatefulSet's claims, with its deletion or with fewer replicas. */
function retention(before: Manifest, after: Manifest): Effect[] {
  const of = (object: Manifest) =>
    ((object.spec as Partial<Controller['spec']> | undefined)?.persistentVolumeClaimRetentionPolicy ??
      {}) as Retention;
  const deletes = (when: string) => of(after)[when] === 'Delete';
  const [old, next] = [replicasOf(before), replicasOf(after)];
  return [
    ...(deletes('whenDeleted') && of(before).whenDeleted !== 'Delete'
      ? [effect('loses data', 'its claims are deleted together with it')]
      : []),
    ...(deletes('whenScaled') && of(before).whenScaled !== 'Delete'
      ? [effect('loses data', 'claims of pods beyond its replicas are deleted')]
      : []),
    ...(deletes('whenScaled') && next < old
      ? [effect('loses data', `the claims of ${old - next} pods are deleted`)]
      : []),
  ];
}

const replicasOf = (object: Manifest) => (object.spec as { replicas?: number } | undefined)?.replicas ?? 1;

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/** The one field of a claim that may change, in one direction, where its class says so. */
export function claim({ before, after, changes }: Edit, { after: world }: { after: World }): Effect[] {
  if (!changes.some(({ path }) => fieldOf(path) === 'spec.resources.requests.storage')) return [];
  const sizeOf = (object: Manifest) => amount((object.spec as ClaimSpec).resources?.requests?.storage);
  if (sizeOf(after) < sizeOf(before)) return [effect('refused by the API', 'a claim cannot shrink', COPY)];
  const className = (after.spec as ClaimSpec).storageClassName;
  const storageClass = world
    .in(undefined, 'StorageClass')
    .find(({ metadata }) => metadata.name === className);
  return storageClass?.allowVolumeExpansion === true
    ? [effect('config only', 'the volume grows')]
    : [
        effect(
          'refused by the API',
          `StorageClass ${className ?? '(default)'} does not let claims grow`,
          COPY,
        ),
      ];
}

const COPY = 'make a claim with another name, copy the data, move the pods to it';

/** A volume that was kept when its claim went. */
export function volume({ before, after }: Edit): Effect[] {
  const policyOf = (object: Manifest) =>
    (object.spec as { persistentVolumeReclaimPolicy?: string }).persistentVolumeReclaimPolicy ?? 'Retain';
  return policyOf(before) === 'Retain' && policyOf(after) !== 'Retain'
    ? [effect('loses data', 'its data is deleted together with its claim')]
    : [];
}
