import { fieldOf, isWithin, pathText } from '../compare/path.ts';
import { type Effect, effect } from '../impact.ts';
import type { Edit } from './judge.ts';

/**
 * Fields that the API server refuses to change, by kind, with the way out. Source: Kubernetes 1.34, the functions
 * Validate*Update of pkg/apis/*\/validation; each row is tried in test/lab/scenarios/45-review.test.ts.
 */
interface Rule {
  /** A field and all below it. */
  readonly fields: readonly string[];
  /** Parts of them that may change all the same. */
  readonly except?: readonly string[];
  readonly wayOut: string;
}

const recreateWorkload =
  'delete the object with --cascade=orphan, which leaves its pods running, then apply; with another selector ' +
  'the old pods have to be deleted by hand';
const recreate = 'delete the object, then apply';
const anotherName = 'give the new one another name, move its users to it, then remove this one';

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  Deployment: [{ fields: ['spec.selector'], wayOut: recreateWorkload }],
  DaemonSet: [{ fields: ['spec.selector'], wayOut: recreateWorkload }],
  ReplicaSet: [{ fields: ['spec.selector'], wayOut: recreateWorkload }],
  StatefulSet: [
    {
      fields: ['spec.volumeClaimTemplates'],
      wayOut:
        'delete the StatefulSet with --cascade=orphan, which leaves its pod and its claim, then apply; a claim that ' +
        'exists keeps its size, and local-path volumes cannot be resized',
    },
    {
      fields: ['spec'],
      except: [
        'spec.minReadySeconds',
        'spec.ordinals',
        'spec.persistentVolumeClaimRetentionPolicy',
        'spec.replicas',
        'spec.revisionHistoryLimit',
        'spec.template',
        'spec.updateStrategy',
        'spec.volumeClaimTemplates',
      ],
      wayOut: recreateWorkload,
    },
  ],
  Job: [
    {
      fields: [
        'spec.backoffLimitPerIndex',
        'spec.completionMode',
        'spec.completions',
        'spec.managedBy',
        'spec.podFailurePolicy',
        'spec.selector',
        'spec.successPolicy',
        'spec.template',
      ],
      wayOut: 'a Job runs once: give the new one another name, or delete the old one first',
    },
  ],
  PriorityClass: [{ fields: ['value', 'preemptionPolicy'], wayOut: anotherName }],
  StorageClass: [
    { fields: ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'], wayOut: anotherName },
  ],
  Secret: [{ fields: ['type'], wayOut: `${recreate}, and give it its values again` }],
  RoleBinding: [{ fields: ['roleRef'], wayOut: recreate }],
  ClusterRoleBinding: [{ fields: ['roleRef'], wayOut: recreate }],
  IngressClass: [{ fields: ['spec.controller'], wayOut: anotherName }],
  RuntimeClass: [{ fields: ['handler'], wayOut: anotherName }],
  PersistentVolumeClaim: [
    {
      fields: ['spec'],
      except: ['spec.resources.requests.storage', 'spec.volumeAttributesClassName'],
      wayOut: 'make a claim with another name, copy the data, move the pods to it',
    },
  ],
  PersistentVolume: [
    {
      fields: ['spec'],
      except: [
        'spec.accessModes',
        'spec.capacity',
        'spec.claimRef',
        'spec.mountOptions',
        'spec.persistentVolumeReclaimPolicy',
        'spec.storageClassName',
        'spec.volumeAttributesClassName',
      ],
      wayOut: 'make a volume with another name',
    },
  ],
  Pod: [
    {
      fields: ['spec'],
      except: [
        'spec.activeDeadlineSeconds',
        'spec.containers.image',
        'spec.initContainers.image',
        'spec.tolerations',
      ],
      wayOut: recreate,
    },
  ],
};

/** Changes of fields that cannot change, one effect a field. */
export function immutableFields({ before, after, changes }: Edit): Effect[] {
  const rules = [...(RULES[after.kind] ?? []), ...lockedContent(before)];
  return rules.flatMap(({ fields, except = [], wayOut }) =>
    changes
      .filter(({ path }) => {
        const field = fieldOf(path);
        return fields.some((f) => isWithin(field, f)) && !except.some((f) => isWithin(field, f));
      })
      .map(({ path }) => effect('refused by the API', `${pathText(path)} cannot change`, wayOut)),
  );
}

/** A ConfigMap or Secret that says so itself. */
function lockedContent({ kind, immutable }: Edit['before']): Rule[] {
  if (!['ConfigMap', 'Secret'].includes(kind) || immutable !== true) return [];
  return [{ fields: ['data', 'binaryData', 'stringData', 'immutable'], wayOut: anotherName }];
}
