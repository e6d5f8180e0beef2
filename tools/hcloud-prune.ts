/** Cuts an OpenAPI description down to the operations that are used, without prose, and brings it up to date. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export interface Description extends JsonObject {
  info: JsonObject;
  paths: { [path: string]: JsonObject };
  components: { schemas: { [name: string]: JsonObject } };
}

/** Keys that carry prose or examples; none of them changes a type. */
const PROSE = ['description', 'summary', 'example', 'examples', 'title', 'externalDocs', 'tags'];
const METHODS = ['get', 'post', 'put', 'delete'];

/**
 * The part of a description that the operations need.
 * @throws Error naming the operations that the description lacks
 */
export function prune(description: Description, operations: readonly string[]): Description {
  const missing = new Set(operations);
  const paths: Description['paths'] = {};
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!isObject(operation) || typeof operation.operationId !== 'string') continue;
      if (!missing.delete(operation.operationId)) continue;
      paths[path] = {
        ...paths[path],
        [method]: withoutProse({ ...operation, ...successes(operation) }, true),
      };
    }
  }
  if (missing.size > 0) throw new Error(`the description has no operation ${[...missing].join(', ')}`);
  const schemas: Description['components']['schemas'] = {};
  const pending = references(paths);
  for (const name of pending) {
    const schema = description.components.schemas[name];
    if (!schema) throw new Error(`the description has no schema ${name}`);
    schemas[name] = amended(name, withoutProse(schema, true));
    for (const found of references(schemas[name])) pending.add(found);
  }
  return {
    openapi: description.openapi ?? '3.0.3',
    info: { title: '', version: '' },
    paths,
    components: { schemas },
  };
}

/** Failures are thrown before anybody looks at their type (transport.ts), so their types are not needed. */
function successes({ responses }: JsonObject): JsonObject {
  if (!isObject(responses)) return {};
  return {
    responses: Object.fromEntries(Object.entries(responses).filter(([status]) => status.startsWith('2'))),
  };
}

/**
 * What the provider changed after the description of 2026-02-20 was written:
 * 2026-04-01: the locations of server types say `available` and `recommended`
 * (docs.hetzner.cloud/changelog#2026-04-01-datacenter-deprecations).
 * 2026-07-01: `datacenter` was removed from servers and Primary IPs
 * (docs.hetzner.cloud/changelog#2026-07-01-removing-datacenters).
 */
function amended(name: string, schema: JsonObject): JsonObject {
  if (name !== 'server_type_location') return schema;
  const { properties, required } = schema;
  return {
    ...schema,
    properties: {
      ...(isObject(properties) ? properties : {}),
      available: { type: 'boolean' },
      recommended: { type: 'boolean' },
    },
    required: [...(Array.isArray(required) ? required : []), 'available', 'recommended'],
  };
}

const REMOVED_PROPERTY = 'datacenter';

/** `isSchema` is false inside `properties`, where the keys are names and a property may be called `description`. */
function withoutProse(node: JsonObject, isSchema: boolean): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(node)) {
    if (isSchema && PROSE.includes(key)) continue;
    if (!isSchema && key === REMOVED_PROPERTY) continue;
    kept[key] = strip(value, !(isSchema && key === 'properties'));
  }
  if (isSchema && Array.isArray(kept.required)) {
    kept.required = kept.required.filter((name) => name !== REMOVED_PROPERTY);
    // OpenAPI 3.0 wants a list of names there, and an empty one is none.
    if (kept.required.length === 0) delete kept.required;
  }
  return kept;
}

function strip(value: Json, isSchema: boolean): Json {
  if (Array.isArray(value)) return value.map((entry) => strip(entry, true));
  return isObject(value) ? withoutProse(value, isSchema) : value;
}

/** The names of the schemas that a part refers to. */
function references(node: Json, found = new Set<string>()): Set<string> {
  if (Array.isArray(node)) for (const entry of node) references(entry, found);
  if (!isObject(node)) return found;
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string') found.add(value.replace('#/components/schemas/', ''));
    else references(value, found);
  }
  return found;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
