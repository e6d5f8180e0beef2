import { NODE_ROOM, RESOURCES, type Resource } from '../../config/node-room.ts';
import { ofPod as ofTemplate, podCountAtMost } from '../../review/objects/sizes.ts';
import type { Pods } from './find.ts';

/** Adds up what pods ask for, in the middle of a rollout of everything. */

export const KEYS = RESOURCES;
export type Key = Resource;
export const NODE = NODE_ROOM;

type Side = 'requests' | 'limits';

export const ofPod = ({ template }: Pods, side: Side, key: Key): number => ofTemplate(template, side, key);

/** How many pods of a template there are when `nodes` nodes run. */
export const countOf = ({ owner }: Pods, nodes: number): number => podCountAtMost(owner, nodes);

export function total(pods: Pods[], side: Side, key: Key, nodes: number): number {
  return pods.reduce((sum, p) => sum + countOf(p, nodes) * ofPod(p, side, key), 0);
}
