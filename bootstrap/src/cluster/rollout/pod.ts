import type { KubeObject } from '../object.ts';
import { type Condition, isTrue } from './state.ts';

/** What the API says of a pod, as far as it tells why it does not run. */
interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly Condition[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly finishedAt?: string };
}

export interface PodEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly namespace?: string };
}

export function containers({ status }: KubeObject): readonly ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses = [] } = (status ?? {}) as PodStatus;
  return [...initContainerStatuses, ...containerStatuses];
}

export const isReady = (pod: KubeObject) => isTrue(pod, 'Ready');

/** The pods that a workload's selector means and that are not ready, the newest first. */
export function badPods({ spec, metadata }: KubeObject, objects: readonly KubeObject[]): KubeObject[] {
  const { matchLabels } = (spec as { readonly selector: { readonly matchLabels: Record<string, string> } })
    .selector;
  return objects
    .filter((object) => object.kind === 'Pod' && object.metadata.namespace === metadata.namespace)
    .filter(({ metadata: { labels = {} } }) =>
      Object.entries(matchLabels).every(([key, value]) => labels[key] === value),
    )
    .filter((pod) => !isReady(pod))
    .sort((a, b) => created(b).localeCompare(created(a)));
}

const created = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';

/** Where a pod is: the node, or that none has room. */
export function nodeOf({ spec }: KubeObject): string {
  return (spec as { readonly nodeName?: string }).nodeName ?? 'no node yet';
}

/** Why a pod is not ready, a reason a line, the most telling first. */
export function podReasons(pod: KubeObject, events: readonly KubeObject[]): string[] {
  const { status } = pod as { readonly status?: PodStatus };
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return [
    ...(scheduled?.status === 'False' ? [`not scheduled: ${scheduled.message ?? scheduled.reason}`] : []),
    ...(status?.reason ? [`${status.reason}: ${status.message ?? ''}`] : []),
    ...containers(pod).flatMap(containerReasons),
    ...warningsAbout(pod, events),
  ].map((reason) => reason.slice(0, MOST_REASON));
}

/** Characters; a registry's refusal names the image four times. */
const MOST_REASON = 250;

/** Every container waits so for a moment; if it goes on, an event tells why. */
const USUAL = ['ContainerCreating', 'PodInitializing'];

function containerReasons({ name, ready, restartCount, state, lastState }: ContainerStatus): string[] {
  const { waiting, running, terminated } = state ?? {};
  const ended = terminated ?? lastState?.terminated;
  return [
    ...(waiting && !USUAL.includes(waiting.reason ?? '')
      ? [`${name} waits: ${[waiting.reason, waiting.message].filter(Boolean).join(': ')}`]
      : []),
    ...(running && !ready ? [`${name} runs, and is not ready`] : []),
    ...(ended && !ready
      ? [
          `${name} ended ${restartCount > 1 ? `${restartCount} times, last ` : ''}with exit code ${ended.exitCode}${ended.reason ? ` (${ended.reason})` : ''}`,
        ]
      : []),
  ];
}

/** As many tell what is wrong; more only repeat it. */
const MOST_EVENTS = 3;

/** What these say stands in the state of the container too. */
const TOLD_BY_CONTAINER = ['Failed', 'BackOff'];

/** The latest warnings about an object, each once. */
export function warningsAbout({ kind, metadata }: KubeObject, events: readonly KubeObject[]): string[] {
  const about = events.filter((event) => {
    const { type, reason, involvedObject: object } = event as unknown as PodEvent;
    return (
      type === 'Warning' &&
      !TOLD_BY_CONTAINER.includes(reason ?? '') &&
      object.kind === kind &&
      object.name === metadata.name &&
      object.namespace === metadata.namespace
    );
  }) as unknown as PodEvent[];
  const texts = about
    .sort((a, b) => timeOf(b).localeCompare(timeOf(a)))
    .map(({ reason, message, count = 1 }) => `${reason}: ${message}${count > 1 ? ` (${count} times)` : ''}`);
  return [...new Set(texts)].slice(0, MOST_EVENTS);
}

const timeOf = ({ lastTimestamp, eventTime }: PodEvent) => lastTimestamp ?? eventTime ?? '';
