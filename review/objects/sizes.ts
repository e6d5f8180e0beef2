import type { Resource } from '../../config/node-room.ts';
import { amount } from '../../config/quantity.ts';
import type { Manifest } from '../../synth/render.ts';
import { isController } from './find.ts';
import type { PodTemplate } from './kinds.ts';

/** What pods ask for, and how many of them there are. */

/** Sum over the containers that run side by side. Cores or bytes; NaN when a container does not say. */
export function ofPod(template: PodTemplate, side: 'requests' | 'limits', resource: Resource): number {
  return template.spec.containers.reduce((sum, c) => sum + amount(c.resources?.[side]?.[resource]), 0);
}

/** How many pods an object makes on `nodes` nodes when nothing is being rolled out. */
export function podCount(owner: Manifest, nodes: number): number {
  if (!isController(owner)) return 1;
  return owner.kind === 'DaemonSet' ? nodes : (owner.spec.replicas ?? 1);
}

/** The same in the middle of a rollout of everything. */
export function podCountAtMost(owner: Manifest, nodes: number): number {
  const count = podCount(owner, nodes);
  if (owner.kind !== 'Deployment' || !isController(owner)) return count;
  if (owner.spec.strategy?.type === 'Recreate') return count;
  return count + podsOf(owner.spec.strategy?.rollingUpdate?.maxSurge ?? '25%', count, Math.ceil);
}

/** Pods behind a number or a share of them, such as maxSurge (rounded up) and maxUnavailable (rounded down). */
export function podsOf(value: number | string, count: number, round: (n: number) => number): number {
  const text = String(value);
  return text.endsWith('%') ? round((Number.parseFloat(text) / 100) * count) : Number(text);
}
