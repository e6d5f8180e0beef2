import { identity } from '../../../synth/compare.ts';
import type { Manifest } from '../../../synth/render.ts';
import { waitFor } from '../core/wait.ts';

/** Runs kubectl with these words, which a shell reads; returns whatever the exit code. */
export type Kubectl = (
  words: string,
  input?: string,
) => Promise<{ exitCode: number; stdout: string; stderr: string }>;

/** An object as the API server has it. */
export type Live = Manifest & { metadata: { generation?: number } };

/** What the API server said to an apply: the object as it would be, or why not. */
export type Answer = { readonly object: Live } | { readonly refusal: string };

const APPLY = 'apply --server-side --field-manager honeydue -o json -f -';

/** Applies for real, as deploy does. @throws Error with what was refused */
export async function apply(kubectl: Kubectl, objects: readonly Manifest[]): Promise<void> {
  const { exitCode, stderr } = await kubectl(APPLY, textOf(objects));
  if (exitCode !== 0) throw new Error(`apply: ${stderr}`);
}

/** Applies one object without making it so. */
export async function tryApply(kubectl: Kubectl, object: Manifest): Promise<Answer> {
  const { exitCode, stdout, stderr } = await kubectl(`${APPLY} --dry-run=server`, textOf([object]));
  return exitCode === 0 ? { object: JSON.parse(stdout) as Live } : { refusal: stderr.trim() };
}

export async function live(kubectl: Kubectl, object: Manifest): Promise<Live> {
  const { exitCode, stdout, stderr } = await kubectl(`get ${nameOf(object)} -o json`);
  if (exitCode !== 0) throw new Error(`${identity(object)}: ${stderr}`);
  return JSON.parse(stdout) as Live;
}

export async function remove(kubectl: Kubectl, objects: readonly Manifest[]): Promise<void> {
  const { exitCode, stderr } = await kubectl('delete --ignore-not-found --wait=false -f -', textOf(objects));
  if (exitCode !== 0) throw new Error(`delete: ${stderr}`);
}

/** Name of the template of pods that the controller works towards: it changes when, and only when, pods are replaced. */
export async function templateHash(kubectl: Kubectl, object: Manifest): Promise<string> {
  const hash = async () => {
    const now = (await live(kubectl, object)) as Live & { status?: Record<string, unknown> };
    // Until the controller has seen the last change, what it says is about the one before.
    if (now.status?.observedGeneration !== now.metadata.generation) return undefined;
    if (object.kind === 'StatefulSet') return String(now.status?.updateRevision);
    return newest(kubectl, now);
  };
  return waitFor(`the controller of ${identity(object)}`, hash, { timeoutMs: 30_000, intervalMs: 100 });
}

/** A Deployment numbers its ReplicaSets, a DaemonSet its ControllerRevisions. */
async function newest(kubectl: Kubectl, owner: Live): Promise<string | undefined> {
  const kind = owner.kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
  const { stdout } = await kubectl(`get ${kind} -n ${owner.metadata.namespace} -o json`);
  const { items } = JSON.parse(stdout) as { items: (Live & { revision?: number })[] };
  const own = items.filter(({ metadata }) =>
    (metadata as { ownerReferences?: { name: string; kind: string }[] }).ownerReferences?.some(
      ({ name, kind: of }) => name === owner.metadata.name && of === owner.kind,
    ),
  );
  const numberOf = ({ revision, metadata }: Live & { revision?: number }) =>
    revision ?? Number(metadata.annotations?.['deployment.kubernetes.io/revision']);
  return own.toSorted((a, b) => numberOf(b) - numberOf(a))[0]?.metadata.name;
}

const nameOf = ({ kind, metadata: { name, namespace } }: Manifest) =>
  `${kind} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;

const textOf = (objects: readonly Manifest[]) =>
  objects.map((object) => JSON.stringify(object)).join('\n---\n');
