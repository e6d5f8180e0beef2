import { identity } from '../../synth/compare.ts';
import type { Manifest } from '../../synth/render.ts';
import type { Container, Controller, Kind, LabelSelector, Labels, ObjectOf, PodTemplate } from './kinds.ts';

/** The objects of a kind. */
export function ofKind<K extends Kind>(objects: readonly Manifest[], kind: K): ObjectOf<K>[] {
  return objects.filter((object): object is ObjectOf<K> => object.kind === kind);
}

/** One object that must be there: a mutation or an invariant about a certain object fails loudly without it. */
export function one<K extends Kind>(objects: readonly Manifest[], kind: K, name: string): ObjectOf<K> {
  const found = ofKind(objects, kind).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** A template of pods, with the object that makes them. */
export interface Pods {
  readonly owner: Manifest;
  readonly id: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly template: PodTemplate;
}

/** Every template of pods, whatever the kind of its owner: a new kind of workload is looked at from its first day. */
export function allPods(objects: readonly Manifest[]): Pods[] {
  return objects.flatMap((owner) => {
    const template = templateOf(owner);
    if (!template) return [];
    const { namespace = 'default' } = owner.metadata;
    return [{ owner, id: identity(owner), namespace, labels: template.metadata?.labels ?? {}, template }];
  });
}

function templateOf(owner: Manifest): PodTemplate | undefined {
  if (owner.kind === 'Pod') return owner as unknown as PodTemplate;
  const spec = owner.spec as
    | { template?: PodTemplate; jobTemplate?: { spec: { template: PodTemplate } } }
    | undefined;
  const template = spec?.jobTemplate?.spec.template ?? spec?.template;
  return template?.spec?.containers ? template : undefined;
}

/** Deployments, DaemonSets and StatefulSets. */
export function controllers(objects: readonly Manifest[]): Controller[] {
  const kinds = ['Deployment', 'DaemonSet', 'StatefulSet'];
  return objects.filter((object): object is Controller => kinds.includes(object.kind));
}

/** The containers of a pod, first ones included. */
export function containersOf({ spec }: PodTemplate): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
}

/** Every container, with words for where it is. */
export function allContainers(
  objects: readonly Manifest[],
): { where: string; pods: Pods; container: Container }[] {
  return allPods(objects).flatMap((pods) =>
    containersOf(pods.template).map((container) => ({
      where: `${pods.id}, container ${container.name}`,
      pods,
      container,
    })),
  );
}

/** True when the labels are all there. An absent selector matches nothing, an empty one everything. */
export function matches(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    equal && (selector.matchExpressions ?? []).every((expression) => expressionMatches(expression, labels))
  );
}

function expressionMatches(
  { key, operator, values = [] }: { key: string; operator: string; values?: string[] },
  labels: Labels,
): boolean {
  const value = labels[key];
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  if (operator === 'In') return value !== undefined && values.includes(value);
  return value === undefined || !values.includes(value);
}

/** The pods of a namespace that a selector matches. */
export function selected(
  objects: readonly Manifest[],
  namespace: string | undefined,
  selector?: LabelSelector,
): Pods[] {
  return allPods(objects).filter((pods) => pods.namespace === namespace && matches(selector, pods.labels));
}

/** The template of a named workload, for mutations. */
export function podOf(objects: readonly Manifest[], name: string): PodTemplate {
  const pods = allPods(objects).find(({ owner }) => owner.metadata.name === name);
  if (!pods) throw new Error(`there is no workload ${name}`);
  return pods.template;
}

/** The only container of a named workload, for mutations. */
export function containerOf(objects: readonly Manifest[], name: string): Container {
  const [container] = podOf(objects, name).spec.containers;
  if (!container) throw new Error(`${name} has no container`);
  return container;
}

/** The controller of a named workload, for mutations. */
export function controllerOf(objects: readonly Manifest[], name: string): Controller {
  const found = controllers(objects).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`there is no workload ${name}`);
  return found;
}
