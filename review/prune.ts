import type { Located } from './state/manifests.ts';

/** What deploy deletes because it is no longer in dist/: kubectl apply leaves it. */
export interface PrunePlan {
  /** In this order. */
  readonly deletions: readonly string[];
  /** What stays in the cluster unless deploy is told its name. */
  readonly kept: readonly { readonly object: string; readonly why: string }[];
}

/** Deleted by mistake, they are gone for good. */
const KEPT: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'its volume is deleted with it, or out of reach',
  PersistentVolume: 'the only way to its data',
  Namespace: 'everything in it is deleted with it',
  Secret: 'its values are in no file here',
  CustomResourceDefinition: 'all objects of its kind are deleted with it',
};

/**
 * Who uses something goes before it; what closes doors goes after those who stood behind them. Kinds that are not here
 * go between the two lists.
 */
const FIRST = [
  'Ingress',
  'HorizontalPodAutoscaler',
  'CronJob',
  'Job',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Pod',
];
const LAST = [
  'PodDisruptionBudget',
  'Service',
  'ConfigMap',
  'RoleBinding',
  'ClusterRoleBinding',
  'Role',
  'ClusterRole',
  'ServiceAccount',
  'NetworkPolicy',
  'LimitRange',
  'ResourceQuota',
  'IngressClass',
  'PriorityClass',
  'Secret',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'StorageClass',
  'CustomResourceDefinition',
  'Namespace',
];

/**
 * The plan for objects that only the old state has.
 * @param named objects, as `Secret honeydue/old`, that are to be deleted although that loses something
 */
export function prunePlan(removed: readonly Located[], named: readonly string[] = []): PrunePlan {
  const whyKept = ({ id, object }: Located) => (named.includes(id) ? undefined : KEPT[object.kind]);
  const inOrder = removed.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.id < b.id ? -1 : 1));
  return {
    deletions: inOrder.filter((located) => whyKept(located) === undefined).map(({ id }) => id),
    kept: inOrder.flatMap((located) => {
      const why = whyKept(located);
      return why === undefined ? [] : [{ object: located.id, why }];
    }),
  };
}

function placeOf({ object: { kind } }: Located): number {
  if (FIRST.includes(kind)) return FIRST.indexOf(kind);
  return FIRST.length + (LAST.includes(kind) ? 1 + LAST.indexOf(kind) : 0);
}
