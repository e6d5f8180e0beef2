import type { Manifest } from '../../synth/render.ts';
import { fieldOf, isWithin, pathText } from '../compare/path.ts';
import { type Effect, effect } from '../impact.ts';
import type { Edit } from './judge.ts';
import { some } from './list-text.ts';

/**
 * Fields that the API server refuses to change, by kind, with the way out. Source: Kubernetes 1.34, the functions
 * Validate*Update of pkg/apis/*\/validation; each kind is tried in test/lab/scenarios/45-review.test.ts.
 */
interface Rule {
  /** A field and all below it. */
  readonly fields: readonly string[];
  /** Parts of them that may change all the same. */
  readonly except?: readonly string[];
  readonly wayOut: (object: Manifest) => string;
}

const kubectlDelete = ({ kind, metadata: { name, namespace } }: Manifest, flag = '') =>
  `kubectl delete ${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}${flag}`;

const recreateWorkload = (object: Manifest) =>
  `${kubectlDelete(object, ' --cascade=orphan')}, which leaves its pods running, then apply; pods that the new ` +
  'selector does not match are deleted by hand';
const recreate = (object: Manifest) => `${kubectlDelete(object)}, then apply`;
const anotherName = () => 'give the new one another name, move its users to it, then remove this one';
const anotherJob = (object: Manifest) =>
  `a Job runs once: give the new one another name, or ${recreate(object)}`;
const recreateSecret = (object: Manifest) => `${recreate(object)}, and give it its values again`;
const copyClaim = () => 'make a claim with another name, copy the data, move the pods to it';

/** Pod and claim stay; the new StatefulSet takes them up again. */
const recreateAroundClaims = (object: Manifest) =>
  `${kubectlDelete(object, ' --cascade=orphan')}, which leaves its pods and claims, then apply; claims that exist stay as ` +
  'they are, and local-path volumes cannot be resized';

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  Deployment: [{ fields: ['spec.selector'], wayOut: recreateWorkload }],
  DaemonSet: [{ fields: ['spec.selector'], wayOut: recreateWorkload }],
  ReplicaSet: [{ fields: ['spec.selector'], wayOut: recreateWorkload }],
  StatefulSet: [
    {
      fields: ['spec.volumeClaimTemplates'],
      wayOut: recreateAroundClaims,
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
      wayOut: anotherJob,
    },
  ],
  PriorityClass: [{ fields: ['value', 'preemptionPolicy'], wayOut: anotherName }],
  StorageClass: [
    { fields: ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'], wayOut: anotherName },
  ],
  Secret: [{ fields: ['type'], wayOut: recreateSecret }],
  RoleBinding: [{ fields: ['roleRef'], wayOut: recreate }],
  ClusterRoleBinding: [{ fields: ['roleRef'], wayOut: recreate }],
  IngressClass: [{ fields: ['spec.controller'], wayOut: anotherName }],
  RuntimeClass: [{ fields: ['handler'], wayOut: anotherName }],
  PersistentVolumeClaim: [
    {
      fields: ['spec'],
      except: ['spec.resources.requests.storage', 'spec.volumeAttributesClassName'],
      wayOut: copyClaim,
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
      wayOut: anotherName,
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

/** Changes of fields that cannot change, one effect for those that have one way out. */
export function immutableFields({ before, after, changes }: Edit): Effect[] {
  const rules = [...(RULES[after.kind] ?? []), ...lockedContent(before)];
  return rules.flatMap((rule) => {
    const paths = changes
      .filter(({ path }) => isFixed(rule, fieldOf(path)))
      .map(({ path }) => pathText(path));
    return paths.length === 0
      ? []
      : [effect('refused by the API', `${some(paths)} cannot change`, rule.wayOut(after))];
  });
}

function isFixed({ fields, except = [] }: Rule, field: string): boolean {
  return fields.some((fixed) => isWithin(field, fixed)) && !except.some((free) => isWithin(field, free));
}

/** A ConfigMap or Secret that says so itself. */
function lockedContent({ kind, immutable }: Edit['before']): Rule[] {
  if (!['ConfigMap', 'Secret'].includes(kind) || immutable !== true) return [];
  return [{ fields: ['data', 'binaryData', 'stringData', 'immutable'], wayOut: anotherName }];
}
