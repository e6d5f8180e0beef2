import definitions from '../../imports/k8s.schema.json';
import type { Manifest } from '../../synth/render.ts';

/** Walks the types of Kubernetes 1.34 beside a value: what a field is, and by which keys a list is merged. */

export interface Definition {
  readonly type?: string;
  readonly oneOf?: readonly Definition[];
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly additionalProperties?: boolean | Definition;
  readonly items?: Definition;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-patch-merge-key'?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

/** The type of a value. */
export interface Type {
  /** Name of its definition, as `io.k8s.api.core.v1.PodSpec`. */
  readonly name?: string;
  readonly definition: Definition;
}

const all: Readonly<Record<string, Definition>> = definitions.definitions;

const byKind = new Map(
  Object.entries(all).flatMap(([name, definition]) =>
    (definition['x-kubernetes-group-version-kind'] ?? []).map(({ group, version, kind }) => [
      `${group === '' ? '' : `${group}/`}${version} ${kind}`,
      { name, definition },
    ]),
  ),
);

const types = new Map<Definition, Type>();

/** The type of an object; undefined when the schema, which holds what the charts use, does not know it. */
export function typeOf({ apiVersion, kind }: Manifest): Type | undefined {
  return byKind.get(`${apiVersion} ${kind}`) ?? FOREIGN.get(kind);
}

/** The type of a field; of an unknown object's pods too, whose lists merge as everybody's. */
export function fieldType(type: Type | undefined, key: string): Type | undefined {
  const { properties, additionalProperties } = type?.definition ?? {};
  const field = properties?.[key];
  if (field) return resolved(field);
  return typeof additionalProperties === 'object' ? resolved(additionalProperties) : undefined;
}

export function elementType(type: Type | undefined): Type | undefined {
  return type?.definition.items && resolved(type.definition.items);
}

/** True for a map whose keys are anybody's, such as labels; false for an object with fields. */
export function isMap(type: Type | undefined): boolean {
  return typeof type?.definition.additionalProperties === 'object';
}

/** The keys by which the API server tells the elements of a list apart; none for a list that it replaces whole. */
export function mergeKeys(type: Type | undefined): readonly string[] {
  const { 'x-kubernetes-list-map-keys': keys, 'x-kubernetes-patch-merge-key': key } = type?.definition ?? {};
  return keys ?? (key === undefined ? [] : [key]);
}

export function isQuantity(type: Type | undefined): boolean {
  return type?.name === 'io.k8s.apimachinery.pkg.api.resource.Quantity';
}

/** The type that a definition names, or is; found once for each, as every field of every object is asked for. */
function resolved(definition: Definition): Type {
  const known = types.get(definition);
  if (known) return known;
  const name = definition.$ref?.replace('#/definitions/', '');
  const target = name === undefined ? undefined : all[name];
  const type = target ? { name, definition: target } : { definition };
  types.set(definition, type);
  return type;
}

const METADATA = { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };
const TEMPLATE = { $ref: '#/definitions/io.k8s.api.core.v1.PodTemplateSpec' };

/** Kinds that the charts do not use and the schema does not hold, as far as they are looked into here. */
function foreign(properties: Readonly<Record<string, Definition>>): Type {
  return { definition: { type: 'object', properties: { metadata: METADATA, ...properties } } };
}

const fields = (properties: Readonly<Record<string, Definition>>): Definition => ({
  type: 'object',
  properties,
});
const list = (items: Definition): Definition => ({ type: 'array', items });
const TEXT: Definition = { type: 'string' };

const rules = list(
  fields({
    apiGroups: list(TEXT),
    resources: list(TEXT),
    resourceNames: list(TEXT),
    nonResourceURLs: list(TEXT),
    verbs: list(TEXT),
  }),
);
const subjects = list(fields({ kind: TEXT, name: TEXT, namespace: TEXT }));
const roleRef = fields({ kind: TEXT, name: TEXT });

const FOREIGN = new Map<string, Type>([
  ['Job', foreign({ spec: fields({ template: TEMPLATE }) })],
  ['CronJob', foreign({ spec: fields({ jobTemplate: fields({ spec: fields({ template: TEMPLATE }) }) }) })],
  ['ReplicaSet', foreign({ spec: fields({ template: TEMPLATE }) })],
  ['Pod', foreign({ spec: { $ref: '#/definitions/io.k8s.api.core.v1.PodSpec' } })],
  ['Role', foreign({ rules })],
  ['ClusterRole', foreign({ rules })],
  ['RoleBinding', foreign({ subjects, roleRef })],
  ['ClusterRoleBinding', foreign({ subjects, roleRef })],
  ['PersistentVolume', foreign({ spec: fields({}) })],
]);
