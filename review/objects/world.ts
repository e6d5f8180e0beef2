import type { Manifest } from '../../synth/render.ts';
import { isSound } from '../compare/shape.ts';
import { containersOf, matches, ofKind, type Pods, soundPods } from './find.ts';
import type { Kind, Labels, ObjectOf } from './kinds.ts';

/**
 * All objects of a state that are as Kubernetes has them. What is asked of them often is kept at hand, by namespace and
 * label, so that the time of a report grows with the objects and not with their pairs.
 */
export class World {
  readonly #kinds = new Map<Kind, ReadonlyMap<string, readonly Manifest[]>>();
  readonly #selecting = new Map<Selecting, ReadonlyMap<string, readonly Manifest[]>>();
  #pods: ReadonlyMap<string, readonly Pods[]> | undefined;
  #readers: ReadonlyMap<string, readonly Pods[]> | undefined;

  constructor(readonly objects: readonly Manifest[]) {}

  /** The objects of a kind in a namespace. */
  in<K extends Kind>(namespace: string | undefined, kind: K): readonly ObjectOf<K>[] {
    const known =
      this.#kinds.get(kind) ??
      grouped(ofKind(this.objects, kind).filter(isSound), ({ metadata }) => [metadata.namespace ?? '']);
    this.#kinds.set(kind, known);
    return (known.get(namespace ?? '') ?? []) as readonly ObjectOf<K>[];
  }

  /** The templates of pods that have all these labels. Without a label nobody is meant. */
  podsWith(namespace: string | undefined, labels: Labels): readonly Pods[] {
    const [first] = Object.entries(labels);
    if (first === undefined) return [];
    this.#pods ??= grouped(soundPods(this.objects), (pods) =>
      Object.entries(pods.labels).map((label) => labelKey(pods.namespace, label)),
    );
    const candidates = this.#pods.get(labelKey(namespace ?? 'default', first)) ?? [];
    return candidates.filter((pods) => matches({ matchLabels: labels }, pods.labels));
  }

  /** The Services or policies of a namespace whose selector says something about one of these labels. */
  selecting<K extends Selecting>(
    namespace: string | undefined,
    kind: K,
    labels: readonly string[],
  ): ObjectOf<K>[] {
    const known =
      this.#selecting.get(kind) ??
      grouped(ofKind(this.objects, kind).filter(isSound), (object) =>
        labelsNamed(object).map((label) => `${object.metadata.namespace} ${label}`),
      );
    this.#selecting.set(kind, known);
    return [...new Set(labels.flatMap((label) => known.get(`${namespace} ${label}`) ?? []))] as ObjectOf<K>[];
  }

  /** The templates of pods that read a ConfigMap. */
  readersOf({ metadata: { name, namespace = 'default' } }: Manifest): readonly Pods[] {
    this.#readers ??= grouped(soundPods(this.objects), (pods) =>
      configMapsOf(pods).map((read) => `${pods.namespace} ${read}`),
    );
    return this.#readers.get(`${namespace} ${name}`) ?? [];
  }
}

type Selecting = 'Service' | 'NetworkPolicy';

/** The labels that a selector asks for. */
function labelsNamed(object: ObjectOf<Selecting>): string[] {
  if (object.kind === 'Service') return Object.keys((object as ObjectOf<'Service'>).spec.selector ?? {});
  const { matchLabels = {}, matchExpressions = [] } = (object as ObjectOf<'NetworkPolicy'>).spec.podSelector;
  return [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
}

/** What a change leads from and to. */
export interface Worlds {
  readonly before: World;
  readonly after: World;
}

const labelKey = (namespace: string, [key, value]: readonly [string, string]) =>
  `${namespace} ${key}=${value}`;

/** The names of the ConfigMaps that a pod mounts or takes variables from, once each. */
function configMapsOf({ template }: Pods): string[] {
  const mounted = (template.spec.volumes ?? []).map(({ configMap }) => configMap?.name);
  const variables = containersOf(template).flatMap(({ env = [], envFrom = [] }) => [
    ...envFrom.map(({ configMapRef }) => configMapRef?.name),
    ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
  ]);
  return [...new Set([...mounted, ...variables])].filter((name) => name !== undefined);
}

function grouped<T>(list: readonly T[], keysOf: (element: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const element of list) {
    for (const key of keysOf(element)) {
      const group = groups.get(key);
      if (group) group.push(element);
      else groups.set(key, [element]);
    }
  }
  return groups;
}
