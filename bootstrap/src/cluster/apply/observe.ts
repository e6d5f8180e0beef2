import type { Cluster } from '../../../../config/schema.ts';
import type { RemoteResult } from '../../host/remote.ts';
import { type DistFile, workloadsIn } from '../dist.ts';
import type { Kubectl } from '../kubectl.ts';
import { applyObjects, getObjects, managers, objectsIn } from '../kubectl-calls.ts';
import { type KubeObject, type ObjectRef, refOf } from '../object.ts';
import { type Rollout, rolloutsOf } from '../rollout/look.ts';
import { type Deploy, deploysIn, RECORD } from './record.ts';

/** The cluster beside dist/. Secrets are here without their values. */
export interface ObservedDist {
  readonly live: readonly KubeObject[];
  /** What the API server would make of dist/. */
  readonly applied: readonly KubeObject[];
  /** Why it would not, in its own words. */
  readonly refusals: readonly string[];
  readonly rollouts: readonly Rollout[];
  /** What was applied before, the latest first. */
  readonly deploys: readonly Deploy[];
}

/** Looks in two calls at once: what is there, and what a dry run would make of it. @throws NoApiError */
export async function observeDist(
  kubectl: Kubectl,
  cluster: Cluster,
  files: readonly DistFile[],
): Promise<ObservedDist> {
  const wanted = files.flatMap(({ objects }) => objects);
  const refs = [...wanted, ...nodeRefs(cluster), RECORD].map(refOf);
  const [found, tried] = await Promise.all([
    kubectl.must(getObjects(refs)).then((output) => objectsIn(output).map(withoutValues)),
    dryRun(kubectl, wanted),
  ]);
  // On an empty cluster nothing can be tried in a namespace that is not there.
  const possible = wanted.filter((object) => isPossible(object, found));
  const { applied, refusals } = possible.length < wanted.length ? await dryRun(kubectl, possible) : tried;
  return {
    live: found,
    applied: [...applied, ...wanted.filter((object) => !possible.includes(object))],
    refusals,
    rollouts: rolloutsOf(found, workloadsIn(wanted)),
    deploys: deploysIn(found),
  };
}

function nodeRefs({ nodes }: Cluster): ObjectRef[] {
  return nodes.map(({ hostname: name }) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
}

function isPossible({ metadata }: KubeObject, live: readonly KubeObject[]): boolean {
  const { namespace } = metadata;
  if (namespace === undefined) return true;
  return live.some(({ kind, metadata: { name } }) => kind === 'Namespace' && name === namespace);
}

/** The API server answers with the whole Secret, values included. */
function withoutValues(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return object;
  const { data, ...rest } = object;
  return rest as KubeObject;
}

async function dryRun(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
): Promise<Pick<ObservedDist, 'applied' | 'refusals'>> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const result = await kubectl.run(applyObjects(list, managers.apply, { dryRun: true }));
  if (result.exitCode !== 0) return { applied: [], refusals: refusalsIn(result) };
  return { applied: objectsIn(result.stdout).map(withoutValues), refusals: [] };
}

/** One for each object; what follows in lines of its own belongs to it. Warnings stop nothing. */
export function refusalsIn({ stderr }: Pick<RemoteResult, 'stderr'>): string[] {
  const lines = stderr.trim().split('\n');
  return lines
    .filter((line) => !line.startsWith('Warning:'))
    .join('\n')
    .split(/\n(?=Error from server|The \w+ "|error)/)
    .filter((text) => text !== '');
}
