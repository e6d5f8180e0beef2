/** Pure transformations of Kubernetes API definitions: normalise, prune, close. */
import { ImportsError } from './imports-error.ts';

/** The part of a definition that is looked at here; all other keys pass through. */
export interface Definition {
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly additionalProperties?: boolean | Definition;
  readonly enum?: readonly string[];
  readonly [GVK]?: readonly GroupVersionKind[];
  readonly [key: string]: unknown;
}

export type Definitions = Readonly<Record<string, Definition>>;

/** A kind as a manifest names it. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const GVK = 'x-kubernetes-group-version-kind';
const REF_PREFIX = '#/definitions/';

/**
 * The two types that the specification calls plain strings although they also take numbers. These are the forms
 * behind `cdk8s import`, which turns them into classes with `fromString` and `fromNumber`.
 */
const NUMBER_OR_STRING: Definitions = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { oneOf: [{ type: 'string' }, { type: 'integer' }] },
};

/** The definitions that `kinds` need, in the order of the input, with number-or-string types spelt out and no status. */
export function prune(all: Definitions, kinds: readonly Kind[]): Definitions {
  const source = mapDefinitions({ ...all, ...NUMBER_OR_STRING }, withoutStatus);
  const names = reachable(
    source,
    kinds.map((kind) => definitionName(source, kind)),
  );
  refuseCollisions(names);
  return Object.fromEntries(Object.entries(source).filter(([name]) => names.has(name)));
}

/**
 * The same definitions as a JSON Schema document in which an unknown field, a status, or an apiVersion other than the
 * definition's own is an error. Documentation is dropped; keys for finding a kind and for merging lists stay.
 */
export function closedSchema(definitions: Definitions, comment: string): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: comment,
    definitions: mapDefinitions(definitions, (definition) =>
      closed(withTypeMeta(withoutDescriptions(definition) as Definition)),
    ),
  };
}

/** Status is written by the cluster: no manifest sets it, and without it its types need not be kept. */
function withoutStatus(definition: Definition): Definition {
  if (!isApiObject(definition) || !definition.properties?.status) return definition;
  const { status: _, ...properties } = definition.properties;
  return { ...definition, properties };
}

/** Closes an object with known properties; maps and free-form objects stay open. */
function closed(definition: Definition): Definition {
  if (!definition.properties || definition.additionalProperties !== undefined) return definition;
  return { ...definition, additionalProperties: false };
}

/** The specification leaves apiVersion and kind as any string; here they can only be what they are. */
function withTypeMeta(definition: Definition): Definition {
  const [gvk] = definition[GVK] ?? [];
  if (!gvk || !isApiObject(definition)) return definition;
  const { apiVersion, kind } = kindOf(gvk);
  const typeMeta = {
    apiVersion: { ...definition.properties?.apiVersion, enum: [apiVersion] },
    kind: { ...definition.properties?.kind, enum: [kind] },
  };
  return { ...definition, properties: { ...definition.properties, ...typeMeta } };
}

/** Drops the keyword `description`, always a string, but not a property of that name, always an object. */
function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => key !== 'description' || typeof inner !== 'string')
      .map(([key, inner]) => [key, withoutDescriptions(inner)]),
  );
}

function definitionName(definitions: Definitions, wanted: Kind): string {
  const found = Object.entries(definitions).find(
    ([, definition]) =>
      isApiObject(definition) && definition[GVK]?.some((gvk) => sameKind(kindOf(gvk), wanted)),
  );
  if (!found) {
    throw new ImportsError(
      'kind-missing',
      `This Kubernetes version has no ${wanted.apiVersion} ${wanted.kind}.`,
    );
  }
  return found[0];
}

/** `roots` and all that they refer to, directly or not. */
function reachable(definitions: Definitions, roots: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const queue = [...roots];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    const definition = definitions[name];
    if (!definition) throw new ImportsError('bad-spec', `A $ref leads to ${name}, which is missing.`);
    seen.add(name);
    queue.push(...references(definition));
  }
  return seen;
}

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner.slice(REF_PREFIX.length)] : references(inner),
  );
}

/** cdk8s names a type by its last part and a version other than v1, and silently keeps the first of two equal names. */
function refuseCollisions(names: Iterable<string>): void {
  const owners = new Map<string, string>();
  for (const name of names) {
    const owner = owners.get(typeName(name));
    if (owner) throw new ImportsError('name-collision', `${owner} and ${name} would become one type.`);
    owners.set(typeName(name), name);
  }
}

/** `io.k8s.api.core.v1.Pod` -> `pod`, `io.k8s.api.batch.v1beta1.Job` -> `jobv1beta1`: one case, to be safe. */
function typeName(name: string): string {
  const [version = '', base = ''] = name.split('.').slice(-2);
  const suffix = /^v\d+((alpha|beta)\d+)?$/.test(version) && version !== 'v1' ? version : '';
  return (base + suffix).toLowerCase();
}

/** An object one can apply, as opposed to one that merely carries a kind (DeleteOptions, for one, has no metadata). */
function isApiObject(definition: Definition): boolean {
  return definition[GVK] !== undefined && definition.properties?.metadata !== undefined;
}

function kindOf({ group, version, kind }: GroupVersionKind): Kind {
  return { apiVersion: group ? `${group}/${version}` : version, kind };
}

function sameKind(a: Kind, b: Kind): boolean {
  return a.apiVersion === b.apiVersion && a.kind === b.kind;
}

function mapDefinitions(
  definitions: Definitions,
  change: (definition: Definition) => Definition,
): Definitions {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, change(definition)]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
