import type { JsonObject } from './locate.ts';

/** Keywords whose value maps names to schemas; everything in them is a schema, whatever it is called. */
const schemaMaps = new Set(['properties', 'schemas']);

/**
 * Turns the schemas of an OpenAPI 3.0 document into JSON Schema:
 * - `nullable` also means null next to `allOf`, `enum` or `$ref`, where OpenAPI 3.0 leaves it open;
 * - an object with declared properties takes no others, so that a field nobody declared is found;
 * - examples go, because they are data and not schemas.
 * Everything that is not a schema is passed through, so that pointers into the document stay valid.
 */
export function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (typeof node !== 'object' || node === null) return node;
  const schema = convertKeywords(node as JsonObject);
  if (schema.nullable !== true) return closed(schema);
  const { nullable: _, ...rest } = schema;
  return { anyOf: [closed(rest), { type: 'null' }] };
}

function convertKeywords(node: JsonObject): JsonObject {
  const entries = Object.entries(node).flatMap(([keyword, value]) => {
    if (keyword === 'example' || keyword === 'examples') return [];
    if (schemaMaps.has(keyword)) return [[keyword, convertMap(value)]];
    return [[keyword, toJsonSchema(value)]];
  });
  return Object.fromEntries(entries) as JsonObject;
}

function convertMap(value: unknown): JsonObject {
  const entries = Object.entries(value as JsonObject);
  return Object.fromEntries(entries.map(([name, schema]) => [name, toJsonSchema(schema)]));
}

function closed(schema: JsonObject): JsonObject {
  if (schema.properties && !('additionalProperties' in schema)) {
    return { ...schema, additionalProperties: false };
  }
  return schema;
}
