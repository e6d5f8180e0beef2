import { fieldOf } from '../compare/path.ts';
import { type Effect, effect } from '../impact.ts';
import { isController, matches, templateOf } from '../objects/find.ts';
import type { Labels } from '../objects/kinds.ts';
import type { Worlds } from '../objects/world.ts';
import type { Edit } from './judge.ts';

/** Labels of pods that changed, and with them who selects the pods. */
export function podLabels({ before, after, changes }: Edit, worlds: Worlds): Effect[] {
  if (!isController(after)) return [];
  if (!changes.some(({ path }) => fieldOf(path).startsWith('spec.template.metadata.labels'))) return [];
  const [old, next] = [labelsOf(before), labelsOf(after)];
  const own = matches(after.spec.selector, next)
    ? []
    : [
        effect(
          'refused by the API',
          "its selector no longer matches its pods' labels",
          'leave the label that the selector names as it was',
        ),
      ];
  return [
    ...own,
    ...services(after.metadata.namespace, old, next, worlds),
    ...policies(after.metadata.namespace, old, next, worlds),
  ];
}

function services(namespace: string | undefined, old: Labels, next: Labels, { after }: Worlds): Effect[] {
  return after.selecting(namespace, 'Service', differing(old, next)).flatMap(({ metadata, spec }) => {
    const selector = { matchLabels: spec.selector ?? {} };
    if (spec.selector === undefined || matches(selector, old) === matches(selector, next)) return [];
    const now = matches(selector, next) ? 'now leads to these pods' : 'no longer leads to these pods';
    return [effect('changes traffic', `Service ${metadata.name} ${now}`)];
  });
}

function policies(namespace: string | undefined, old: Labels, next: Labels, { after }: Worlds): Effect[] {
  return after.selecting(namespace, 'NetworkPolicy', differing(old, next)).flatMap(({ metadata, spec }) => {
    if (matches(spec.podSelector, old) === matches(spec.podSelector, next)) return [];
    return matches(spec.podSelector, next)
      ? [effect('changes traffic', `NetworkPolicy ${metadata.name} now holds for these pods`)]
      : [effect('widens access', `NetworkPolicy ${metadata.name} no longer holds for these pods`)];
  });
}

/** The labels that are not the same on both sides. */
const differing = (old: Labels, next: Labels) =>
  Object.keys({ ...old, ...next }).filter((label) => old[label] !== next[label]);

const labelsOf = (object: Edit['before']): Labels => templateOf(object)?.metadata?.labels ?? {};
