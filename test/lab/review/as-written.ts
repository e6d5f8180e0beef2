import type { Manifest } from '../../../synth/render.ts';

/** Metadata that the API server adds to every object. */
const ADDED_METADATA = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'uid'];
/** What it and its controllers write on objects besides. */
const ADDED_NOTES = [
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
  'kubernetes.io/metadata.name',
];
/** What it chooses for a Service, and keeps. */
const CHOSEN = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'];

/** A live object without what nobody wrote; what the API server fills in by default stays. */
export function asWritten(object: Manifest, written: Manifest): unknown {
  const { status: _, ...rest } = structuredClone(object) as Manifest & { status?: unknown };
  drop(rest.metadata, ADDED_METADATA);
  for (const notes of [rest.metadata.labels, rest.metadata.annotations]) drop(notes, ADDED_NOTES);
  const spec = rest.spec as Record<string, unknown> | undefined;
  if (rest.kind === 'Namespace') delete rest.spec;
  if (rest.kind === 'Service')
    drop(
      spec,
      CHOSEN.filter((field) => !(field in (written.spec as object))),
    );
  for (const claim of (spec?.volumeClaimTemplates ?? []) as Record<string, unknown>[])
    drop(claim, ['apiVersion', 'kind', 'status']);
  return withoutOldNames(rest);
}

/** `serviceAccount` is the old name of `serviceAccountName`, and both are always there. */
function withoutOldNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOldNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, child]) => !(key === 'serviceAccount' && typeof child === 'string'))
      .map(([key, child]) => [key, withoutOldNames(child)]),
  );
}

function drop(object: object | undefined, keys: readonly string[]): void {
  for (const key of keys) delete (object as Record<string, unknown> | undefined)?.[key];
}
