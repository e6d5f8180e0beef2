import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import type { Edit } from './judge.ts';

/** Pod Security of a namespace, the weakest first. Without a label the cluster's own default holds: restricted (K-4). */
const LEVELS = ['privileged', 'baseline', 'restricted'];
const LABEL = 'pod-security.kubernetes.io/enforce';

const levelOf = ({ metadata }: Manifest) => metadata.labels?.[LABEL] ?? 'restricted';

export function namespace({ before, after }: Edit): Effect[] {
  const [old, next] = [levelOf(before), levelOf(after)];
  if (LEVELS.indexOf(next) < LEVELS.indexOf(old))
    return [effect('widens access', `Pod Security goes down from ${old} to ${next}`)];
  if (next === old) return [];
  return [
    effect(
      'interrupts',
      `Pod Security goes up from ${old} to ${next}: pods that it refuses run on, and never start again`,
    ),
  ];
}

export const newNamespace = (object: Manifest): Effect[] =>
  levelOf(object) === 'restricted' ? [] : [effect('widens access', `Pod Security is ${levelOf(object)}`)];
