import { type SecretName, secrets } from '../../../../config/secrets.ts';
import { Secret } from '../../secrets/secret.ts';
import type { Kubectl } from '../kubectl.ts';
import { getObjects, objectsIn } from '../kubectl-calls.ts';
import { type KubeObject, LAST_APPLIED, type ObjectRef, refOf } from '../object.ts';
import { RESTART_PENDING } from './annotations.ts';

/** What the cluster has of what this step looks after. */
export interface ObservedSecrets {
  readonly namespaces: readonly string[];
  readonly secrets: readonly LiveSecret[];
  /** Those of dist/ that exist. */
  readonly workloads: readonly KubeObject[];
}

export interface LiveSecret {
  readonly name: SecretName;
  readonly type: string;
  readonly values: ReadonlyMap<string, Secret>;
  readonly restartPending: readonly string[];
  /** `kubectl apply` without --server-side has left a copy of what it was given. */
  readonly hasCopy: boolean;
}

/**
 * Looks in one call. Values come over ssh into memory, and nowhere else.
 * @param namespaces and workloads of dist/
 * @throws NoApiError when there is no cluster yet
 */
export async function observeSecrets(
  kubectl: Kubectl,
  namespaces: readonly ObjectRef[],
  workloads: readonly ObjectRef[],
): Promise<ObservedSecrets> {
  const refs = Object.entries(secrets).map(
    ([name, { namespace }]): ObjectRef => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
    }),
  );
  const found = objectsIn(await kubectl.must(getObjects([...namespaces, ...refs, ...workloads].map(refOf))));
  return {
    namespaces: found.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name),
    secrets: found.filter(({ kind }) => kind === 'Secret').map(liveSecret),
    workloads: found.filter(({ kind }) => kind !== 'Namespace' && kind !== 'Secret'),
  };
}

function liveSecret({ metadata, type, data = {} }: KubeObject): LiveSecret {
  const annotations = metadata.annotations ?? {};
  const values = Object.entries(data as Record<string, string>);
  return {
    name: metadata.name as SecretName,
    type: type as string,
    values: new Map(values.map(([key, value]) => [key, new Secret(Buffer.from(value, 'base64').toString())])),
    restartPending: (annotations[RESTART_PENDING] ?? '').split(',').filter((name) => name !== ''),
    hasCopy: annotations[LAST_APPLIED] !== undefined,
  };
}
