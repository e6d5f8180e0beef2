import { type Effect, effect } from '../impact.ts';
import { configMap, removedConfigMap } from './config-map.ts';
import { edge } from './edge.ts';
import { immutableFields } from './immutable.ts';
import type { Judge, JudgeOne } from './judge.ts';
import { namespace, newNamespace } from './namespace.ts';
import { networkPolicy, newNetworkPolicy, removedNetworkPolicy } from './network-policy.ts';
import { privileges, privilegesOfNew } from './privileges.ts';
import { quota, removedQuota } from './quota.ts';
import { binding, newBinding, newRole, newServiceAccount, role, serviceAccount } from './rbac.ts';
import { neededSecrets } from './references.ts';
import { replicas } from './replicas.ts';
import { rollout } from './rollout.ts';
import { podLabels } from './selectors.ts';
import { newService, service } from './service.ts';
import { claim, volume, volumes } from './volumes.ts';
import { newWorkload, removedWorkload } from './workload.ts';

/** Who judges an object of a kind when it changes, comes or goes. Without an effect a change is `config only`. */
interface Judges {
  readonly changed?: readonly Judge[];
  readonly added?: readonly JudgeOne[];
  readonly removed?: JudgeOne;
}

const always =
  (...effects: readonly Effect[]) =>
  () => [...effects];

const workload: Judges = {
  changed: [rollout, neededSecrets, replicas, podLabels, privileges, volumes, edge],
  added: [newWorkload, privilegesOfNew],
  removed: removedWorkload,
};

const traffic: Judges = {
  changed: [
    ({ changes }) =>
      changes.some(({ path }) => path[0] === 'spec')
        ? [effect('changes traffic', 'requests are routed by other rules')]
        : [],
  ],
  added: [always(effect('changes traffic', 'a new way in'))],
  removed: always(effect('changes traffic', 'a way in is gone')),
};

const goesWithData = (text: string) => always(effect('loses data', text));

const KINDS: Readonly<Record<string, Judges>> = {
  Deployment: workload,
  DaemonSet: workload,
  StatefulSet: workload,
  ReplicaSet: workload,
  Pod: { changed: [privileges], added: [newWorkload, privilegesOfNew], removed: removedWorkload },
  Job: { changed: [privileges], added: [newWorkload, privilegesOfNew], removed: removedWorkload },
  CronJob: {
    changed: [privileges],
    added: [privilegesOfNew],
    removed: always(effect('interrupts', 'it no longer runs')),
  },
  ConfigMap: { changed: [configMap], removed: removedConfigMap },
  Secret: { removed: goesWithData('its values are in no file here') },
  Service: {
    changed: [service],
    added: [newService],
    removed: always(effect('changes traffic', 'its name and its address no longer answer')),
  },
  Ingress: traffic,
  IngressClass: traffic,
  NetworkPolicy: { changed: [networkPolicy], added: [newNetworkPolicy], removed: removedNetworkPolicy },
  Role: { changed: [role], added: [newRole] },
  ClusterRole: { changed: [role], added: [newRole] },
  RoleBinding: { changed: [binding], added: [newBinding] },
  ClusterRoleBinding: { changed: [binding], added: [newBinding] },
  ServiceAccount: { changed: [serviceAccount], added: [newServiceAccount] },
  Namespace: {
    changed: [namespace],
    added: [newNamespace],
    removed: goesWithData('everything in it is deleted with it'),
  },
  ResourceQuota: { changed: [quota], removed: removedQuota },
  LimitRange: {},
  PodDisruptionBudget: { removed: always(effect('config only', 'drains no longer wait for its pods')) },
  HorizontalPodAutoscaler: {},
  PriorityClass: {},
  RuntimeClass: {},
  StorageClass: { removed: always(effect('config only', 'no new claim of it is filled; its volumes stay')) },
  PersistentVolumeClaim: { changed: [claim], removed: goesWithData('its volume is deleted or out of reach') },
  PersistentVolume: { changed: [volume], removed: goesWithData('its data is out of reach') },
  CustomResourceDefinition: { removed: goesWithData('all objects of its kind are deleted with it') },
};

/** What objects of a foreign kind do, nobody here knows: better one question too many. */
const UNKNOWN = always(
  effect('interrupts', 'what objects of this kind do is not known here: judge it yourself'),
);
const foreign: Judges = { changed: [UNKNOWN], added: [UNKNOWN], removed: UNKNOWN };

const judgesOf = (kind: string): Judges => (Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined) ?? foreign;

export const judgeEdit: Judge = (edit, worlds) =>
  [immutableFields, ...(judgesOf(edit.after.kind).changed ?? [])].flatMap((judge) => judge(edit, worlds));

export const judgeAdded: JudgeOne = (object, world) =>
  (judgesOf(object.kind).added ?? []).flatMap((judge) => judge(object, world));

export const judgeRemoved: JudgeOne = (object, world) => judgesOf(object.kind).removed?.(object, world) ?? [];
