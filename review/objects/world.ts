import type { Manifest } from '../../synth/render.ts';
import { isSound } from '../compare/shape.ts';
import { ofKind, type Pods, soundPods } from './find.ts';
import type { Kind, ObjectOf } from './kinds.ts';

/** All objects of a state that are as Kubernetes has them, with what is asked of them often kept at hand. */
export class World {
  readonly #kinds = new Map<Kind, ReadonlyMap<string, readonly Manifest[]>>();
  #pods: ReadonlyMap<string, readonly Pods[]> | undefined;

  constructor(readonly objects: readonly Manifest[]) {}

  /** The objects of a kind in a namespace. */
  in<K extends Kind>(namespace: string | undefined, kind: K): readonly ObjectOf<K>[] {
    const known =
      this.#kinds.get(kind) ??
      byNamespace(ofKind(this.objects, kind).filter(isSound), (o) => o.metadata.namespace);
    this.#kinds.set(kind, known);
    return (known.get(namespace ?? '') ?? []) as readonly ObjectOf<K>[];
  }

  /** The templates of pods in a namespace. */
  pods(namespace: string | undefined): readonly Pods[] {
    this.#pods ??= byNamespace(soundPods(this.objects), (pods) => pods.namespace);
    return this.#pods.get(namespace ?? 'default') ?? [];
  }
}

/** What a change leads from and to. */
export interface Worlds {
  readonly before: World;
  readonly after: World;
}

function byNamespace<T>(list: readonly T[], of: (element: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const element of list) {
    const namespace = of(element) ?? '';
    const group = groups.get(namespace);
    if (group) group.push(element);
    else groups.set(namespace, [element]);
  }
  return groups;
}
