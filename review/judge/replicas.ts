import { fieldOf } from '../compare/path.ts';
import { type Effect, effect } from '../impact.ts';
import { isController, matches, templateOf } from '../objects/find.ts';
import type { Worlds } from '../objects/world.ts';
import type { Edit } from './judge.ts';

/** More or fewer pods of the same kind. None of those that stay is touched. */
export function replicas({ before, after, changes }: Edit, { after: world }: Worlds): Effect[] {
  if (!isController(before) || !isController(after)) return [];
  if (!changes.some(({ path }) => fieldOf(path) === 'spec.replicas')) return [];
  const [old, next] = [before.spec.replicas ?? 1, after.spec.replicas ?? 1];
  if (next === 0) return [effect('interrupts', `all ${old} pods stop, and none is left`)];
  if (next > old) return [effect('config only', `${more(next - old)} started, those that run stay`)];
  const labels = templateOf(after)?.metadata?.labels ?? {};
  const served = world
    .in(after.metadata.namespace, 'Service')
    .some(({ spec }) => matches({ matchLabels: spec.selector ?? {} }, labels));
  return [
    effect(
      served ? 'changes traffic' : 'config only',
      `${more(old - next)} stopped; ${next === 1 ? 'one serves' : `${next} serve`} from then on`,
    ),
  ];
}

const more = (count: number) => (count === 1 ? 'one pod is' : `${count} pods are`);
