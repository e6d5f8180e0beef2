import { allPods, containersOf, controllers, matches, ofKind, type Pods } from '../../review/objects/find.ts';
import type {
  Container,
  Controller,
  Kind,
  LabelSelector,
  ObjectOf,
  PodTemplate,
} from '../../review/objects/kinds.ts';
import type { Manifest } from '../../synth/render.ts';

export { allPods, containersOf, controllers, matches, ofKind, type Pods };

/** One object that must be there: a mutation or an invariant about a certain object fails loudly without it. */
export function one<K extends Kind>(objects: readonly Manifest[], kind: K, name: string): ObjectOf<K> {
  const found = ofKind(objects, kind).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
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
