import { NODE_ROOM, RESOURCES, type Resource } from '../config/node-room.ts';
import type { Manifest } from '../synth/render.ts';
import { isController, type Pods, soundPods } from './objects/find.ts';
import { ofPod, podCount, podCountAtMost } from './objects/sizes.ts';

/** Cores or bytes by resource. */
export type Amounts = Readonly<Record<Resource, number>>;

/** What pods request on one node, as the scheduler would spread them. */
export interface NodeLoad {
  readonly node: string;
  readonly requests: Amounts;
}

export interface Capacity {
  /** In the order of the hosts, when nothing is being rolled out. */
  readonly nodes: readonly NodeLoad[];
  readonly room: Amounts;
  /** Whether the others carry everything without any one node, also in the middle of a rollout. */
  readonly withoutOne: readonly { readonly lost: string; readonly noRoomFor: readonly string[] }[];
}

/** Pods of one template. */
interface Load {
  readonly name: string;
  readonly requests: Amounts;
  readonly count: number;
  /** The one node that it may be on. */
  readonly pinned?: string;
  readonly onEachNode: boolean;
}

/** Adds up what all pods request on these nodes. */
export function capacity(objects: readonly Manifest[], nodes: readonly string[]): Capacity {
  const pods = soundPods(objects);
  const steady = place(loads(pods, nodes.length, podCount), nodes);
  const rolling = loads(pods, nodes.length - 1, podCountAtMost);
  return {
    nodes: [...steady.used].map(([node, requests]) => ({ node, requests })),
    room: NODE_ROOM,
    withoutOne: nodes.map((lost) => {
      const left = nodes.filter((node) => node !== lost);
      // What is bound to the lost node waits for it; nothing else can take it.
      const movable = rolling.filter(({ pinned }) => pinned !== lost);
      return { lost, noRoomFor: place(movable, left).unplaced };
    }),
  };
}

function loads(pods: readonly Pods[], nodes: number, count: typeof podCount): Load[] {
  return pods.map(({ owner, template }) => {
    const pinned = template.spec.nodeSelector?.['kubernetes.io/hostname'];
    return {
      name: owner.metadata.name,
      requests: amounts((resource) => ofPod(template, 'requests', resource) || 0),
      count: count(owner, nodes),
      ...(pinned !== undefined && { pinned }),
      onEachNode: isController(owner) && owner.kind === 'DaemonSet',
    };
  });
}

/** The largest pods first, each to the emptiest node that has room: roughly what the scheduler does, and repeatable. */
function place(
  list: readonly Load[],
  nodes: readonly string[],
): { used: Map<string, Amounts>; unplaced: string[] } {
  const used = new Map(nodes.map((node) => [node, amounts(() => 0)]));
  const unplaced: string[] = [];
  const put = (load: Load, node: string | undefined): void => {
    const now = node === undefined ? undefined : used.get(node);
    if (node === undefined || now === undefined) unplaced.push(load.name);
    else
      used.set(
        node,
        amounts((resource) => now[resource] + load.requests[resource]),
      );
  };
  for (const load of list.filter(isFixed)) {
    const targets = load.onEachNode ? nodes : Array.from({ length: load.count }, () => load.pinned);
    for (const node of targets)
      put(load, node !== undefined && hasRoom(load, used.get(node)) ? node : undefined);
  }
  const free = list.filter((load) => !isFixed(load));
  for (const load of free.toSorted((a, b) => share(b.requests) - share(a.requests))) {
    for (let i = 0; i < load.count; i++) put(load, emptiest(load, used));
  }
  return { used, unplaced: [...new Set(unplaced)] };
}

const isFixed = ({ onEachNode, pinned }: Load) => onEachNode || pinned !== undefined;

function emptiest(load: Load, used: ReadonlyMap<string, Amounts>): string | undefined {
  const fitting = [...used].filter(([, amount]) => hasRoom(load, amount));
  const best = Math.min(...fitting.map(([, amount]) => share(amount)));
  return fitting.find(([, amount]) => share(amount) === best)?.[0];
}

function hasRoom({ requests }: Load, used: Amounts | undefined): boolean {
  return (
    used !== undefined &&
    RESOURCES.every((resource) => used[resource] + requests[resource] <= NODE_ROOM[resource])
  );
}

/** How full a node is in the resource of which it has least. */
export function share(requests: Amounts): number {
  return Math.max(...RESOURCES.map((resource) => requests[resource] / NODE_ROOM[resource]));
}

function amounts(of: (resource: Resource) => number): Amounts {
  return { cpu: of('cpu'), memory: of('memory'), 'ephemeral-storage': of('ephemeral-storage') };
}
