import type { KubectlCall } from './kubectl.ts';
import type { KubeObject, ObjectRef } from './object.ts';

/** Who owns fields that this project sets (managedFields). Each name is for one purpose, so that none undoes another's. */
export const managers = {
  /** What is in dist/. */
  apply: 'honeydue',
  /** Values of Secrets. */
  secrets: 'honeydue-secrets',
  /** The annotation that makes pods start anew. */
  restart: 'honeydue-restart',
  /** The record of what was applied. */
  record: 'honeydue-record',
} as const;

/** Milliseconds; some fifty objects one after the other take a second or two. */
const MANY_OBJECTS = 120_000;

/** The objects that exist, of any kinds, in one call; who manages which fields included. */
export function getObjects(refs: readonly ObjectRef[]): KubectlCall {
  return {
    words: ['get', '-f', '-', '-o', 'json', '--ignore-not-found', '--show-managed-fields'],
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: refs }),
    deadline: MANY_OBJECTS,
  };
}

/**
 * Server-side apply. Conflicts are forced: what is applied is the only source of its fields. Whoever set one by hand sees
 * it in the plan first, and without force neither objects that were once applied client-side nor those of an undone
 * rollout could be applied again.
 */
export function applyObjects(
  manifest: string,
  manager: string,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): KubectlCall {
  const words = ['apply', '--server-side', '--field-manager', manager, '--force-conflicts', '-f', '-'];
  return {
    words: dryRun ? [...words, '--dry-run=server', '-o', 'json', '--show-managed-fields'] : words,
    input: manifest,
    deadline: MANY_OBJECTS,
  };
}

/** New pods for workloads of one namespace, under a field manager of its own, so that applying dist/ never fights it. */
export function restart(namespace: string, workloads: readonly ObjectRef[]): KubectlCall {
  return {
    words: [
      'rollout',
      'restart',
      ...workloads.map(slashed),
      '-n',
      namespace,
      '--field-manager',
      managers.restart,
    ],
  };
}

/** `deployment/api`, as kubectl's arguments name an object. */
export function slashed({ kind, metadata }: ObjectRef): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}

/** The objects in what kubectl printed as JSON: a list, one object, or nothing at all. */
export function objectsIn(output: string): KubeObject[] {
  if (output.trim() === '') return [];
  const parsed = JSON.parse(output) as KubeObject | { readonly kind: 'List'; readonly items: KubeObject[] };
  return 'items' in parsed && Array.isArray(parsed.items)
    ? (parsed.items as KubeObject[])
    : [parsed as KubeObject];
}
