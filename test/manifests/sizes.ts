import type { Manifest } from '../../synth/render.ts';
import { controllers, type Pods } from './find.ts';
import { amount } from './quantity.ts';

/** Adds up what pods ask for. */

export const KEYS = ['cpu', 'memory', 'ephemeral-storage'] as const;
export type Key = (typeof KEYS)[number];

/**
 * What a cx33 (4 vCPU, 8 GB, 80 GB) has for pods of this project. Taken off: about 1 core and 2 GiB for the system,
 * k3s with etcd, CoreDNS, local-path and metrics-server; half of the disk for the system, images and Redis' volume.
 */
export const NODE: Readonly<Record<Key, number>> = {
  cpu: 3,
  memory: 5.4 * 2 ** 30,
  'ephemeral-storage': 40 * 2 ** 30,
};

type Side = 'requests' | 'limits';

export function ofPod({ template }: Pods, side: Side, key: Key): number {
  return template.spec.containers.reduce((sum, { resources }) => sum + amount(resources?.[side]?.[key]), 0);
}

/** How many pods of a template there are when `nodes` nodes run, in the middle of a rollout of everything. */
export function countOf({ owner }: Pods, objects: readonly Manifest[], nodes: number): number {
  const controller = controllers(objects).find((object) => object === owner);
  if (!controller) return 1;
  if (controller.kind === 'DaemonSet') return nodes;
  const surge = controller.spec.strategy?.rollingUpdate?.maxSurge ?? 0;
  return (controller.spec.replicas ?? 1) + Number(surge);
}

export function total(
  objects: readonly Manifest[],
  pods: Pods[],
  side: Side,
  key: Key,
  nodes: number,
): number {
  return pods.reduce((sum, p) => sum + countOf(p, objects, nodes) * ofPod(p, side, key), 0);
}
