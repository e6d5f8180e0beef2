import { fieldOf, isWithin } from '../compare/path.ts';
import { type Effect, effect } from '../impact.ts';
import { containersOf, isController, templateOf } from '../objects/find.ts';
import type { Container, Controller, PodTemplate, Probe } from '../objects/kinds.ts';
import { podsOf } from '../objects/sizes.ts';
import type { Edit } from './judge.ts';

/** What a changed template does to the pods that run: the API server takes it, and the controller replaces them. */
export function rollout({ after, changes }: Edit): Effect[] {
  if (!isController(after)) return [];
  const template = templateOf(after);
  if (template === undefined) return [];
  if (!changes.some(({ path }) => isWithin(fieldOf(path), 'spec.template'))) return [];
  const gap = gapText(template);
  if (after.kind === 'DaemonSet') return [ofDaemonSet(after, gap)];
  const replicas = after.spec.replicas ?? 1;
  if (replicas === 0) return [effect('config only', 'no pod runs, so none is replaced')];
  return [
    after.kind === 'StatefulSet' ? ofStatefulSet(after, replicas, gap) : ofDeployment(after, replicas, gap),
  ];
}

function ofDeployment({ spec }: Controller, replicas: number, gap: string): Effect {
  if (spec.paused === true)
    return effect('config only', 'it is paused: its pods are replaced when it no longer is');
  if (spec.strategy?.type === 'Recreate')
    return effect(
      'interrupts',
      replicas === 1
        ? `its pod stops before a new one starts: ${gap}`
        : `all ${replicas} pods stop before new ones start: ${gap}`,
    );
  const { maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const away = podsOf(maxUnavailable, replicas, Math.floor);
  if (away >= replicas) return effect('interrupts', `no pod may be left while new ones start: ${gap}`);
  const pods = replicas === 1 ? 'its pod is replaced' : `${replicas} pods are replaced`;
  return effect(
    'rolls pods',
    `${pods}: ${away === 0 ? 'an old one stays until a new one serves' : `at most ${away} away at a time`}`,
  );
}

function ofStatefulSet({ spec }: Controller, replicas: number, gap: string): Effect {
  if (spec.updateStrategy?.type === 'OnDelete') return onDelete;
  return effect(
    'interrupts',
    replicas === 1
      ? `its pod stops, then starts again: ${gap}`
      : `${replicas} pods one by one, each stopped before its successor starts: ${gap}`,
  );
}

function ofDaemonSet({ spec }: Controller, gap: string): Effect {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  if (type === 'OnDelete') return onDelete;
  const { maxUnavailable = 1, maxSurge = 0 } = rollingUpdate ?? {};
  if (String(maxSurge) !== '0')
    return effect(
      'rolls pods',
      'its pods are replaced node by node: an old one stays until a new one serves',
    );
  const nodes =
    String(maxUnavailable) === '1' ? 'one node after the other' : `${maxUnavailable} nodes at a time`;
  return effect('interrupts', `${nodes} is without its pod, the others serve: ${gap}`);
}

const onDelete = effect('config only', 'pods take it when somebody deletes them (OnDelete)');

/** The longest that a pod may take to stop and to start, in seconds, as its manifest says. */
function gapText(template: PodTemplate): string {
  const stop = template.spec.terminationGracePeriodSeconds ?? 30;
  const start = Math.max(...containersOf(template).map(startSeconds));
  return `at most ${stop} s to stop, ${start > 0 ? `at most ${start} s to start` : 'then it starts'}`;
}

function startSeconds({ startupProbe }: Container): number {
  return startupProbe === undefined ? 0 : budget(startupProbe);
}

function budget({ initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 }: Probe): number {
  return initialDelaySeconds + periodSeconds * failureThreshold;
}
