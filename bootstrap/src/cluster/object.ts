/** A Kubernetes object, as far as all kinds are alike. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  /** ISO times. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly { readonly name: string; readonly uid: string }[];
  readonly generation?: number;
  readonly managedFields?: readonly ManagedFields[];
}

/** Which program owns fields of an object, and by which kind of request. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource?: string;
  readonly time?: string;
}

/** What names an object. */
export type ObjectRef = Pick<KubeObject, 'apiVersion' | 'kind'> & {
  readonly metadata: Pick<ObjectMeta, 'name' | 'namespace'>;
};

/** `Deployment honeydue/api`, `Namespace honeydue`. */
export function objectName({ kind, metadata }: ObjectRef): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

export function refOf({ apiVersion, kind, metadata }: ObjectRef): ObjectRef {
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

/** Where `kubectl apply` without --server-side keeps a copy of what it was given: of a Secret, its values. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
