import { identity } from '../../synth/compare.ts';
import type { Manifest } from '../../synth/render.ts';
import { isSound } from '../compare/shape.ts';
import type { Container, Controller, Kind, LabelSelector, Labels, ObjectOf, PodTemplate } from './kinds.ts';

/** Looks things up in Kubernetes objects as plain data. */

/** The objects of a kind. */
export function ofKind<K extends Kind>(objects: readonly Manifest[], kind: K): ObjectOf<K>[] {
  return objects.filter((object): object is ObjectOf<K> => object.kind === kind);
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

/** The same without the templates of objects in which something is not where it should be. */
export function soundPods(objects: readonly Manifest[]): Pods[] {
  return allPods(objects.filter((object) => templateOf(object) !== undefined && isSound(object)));
}

/** The pods that an object makes, or is. */
export function templateOf(owner: Manifest): PodTemplate | undefined {
  if (owner.kind === 'Pod') return owner as unknown as PodTemplate;
  const spec = owner.spec as
    | { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } }
    | undefined;
  const template = spec?.jobTemplate?.spec?.template ?? spec?.template;
  return template?.spec?.containers ? template : undefined;
}

const CONTROLLERS = ['Deployment', 'DaemonSet', 'StatefulSet'];

export const isController = (object: Manifest): object is Controller => CONTROLLERS.includes(object.kind);

/** Deployments, DaemonSets and StatefulSets. */
export function controllers(objects: readonly Manifest[]): Controller[] {
  return objects.filter(isController);
}

/** The containers of a pod, first ones included. */
export function containersOf({ spec }: PodTemplate): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
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
