import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import { containersOf, templateOf } from '../objects/find.ts';
import type { PodTemplate } from '../objects/kinds.ts';
import type { Edit } from './judge.ts';
import { rollout } from './rollout.ts';

/** Secrets that pods newly wait for. Their values are not in dist/, so nothing else here says that they are missing. */
export function neededSecrets(edit: Edit): Effect[] {
  const known = secretsOf(edit.before);
  const [restart] = rollout(edit);
  const keys = new Map<string, string[]>();
  for (const { secret, key } of secretsOf(edit.after)) {
    if (known.some((old) => old.secret === secret && old.key === key)) continue;
    keys.set(secret, [...(keys.get(secret) ?? []), key]);
  }
  return [...keys].map(([secret, names]) =>
    effect(
      restart?.impact ?? 'config only',
      `new pods wait for Secret ${secret} (${names.join(', ')}), whose values are not in dist/: push it before`,
    ),
  );
}

interface Needed {
  readonly secret: string;
  readonly key: string;
}

const WHOLE = 'all of it';

/** What is optional is not waited for. */
function secretsOf(object: Manifest): Needed[] {
  const template = templateOf(object);
  return template === undefined ? [] : [...ofVolumes(template), ...ofVariables(template)];
}

function ofVolumes({ spec }: PodTemplate): Needed[] {
  return (spec.volumes ?? []).flatMap(({ secret }) => {
    if (secret === undefined || secret.optional === true) return [];
    const keys = secret.items?.map(({ key }) => key) ?? [WHOLE];
    return keys.map((key) => ({ secret: secret.secretName, key }));
  });
}

function ofVariables(template: PodTemplate): Needed[] {
  return containersOf(template).flatMap(({ env = [], envFrom = [] }) => [
    ...env.flatMap(({ valueFrom }) => {
      const reference = valueFrom?.secretKeyRef;
      return reference === undefined || reference.optional === true
        ? []
        : [{ secret: reference.name, key: reference.key }];
    }),
    ...envFrom.flatMap(({ secretRef }) =>
      secretRef === undefined ? [] : [{ secret: secretRef.name, key: WHOLE }],
    ),
  ]);
}
