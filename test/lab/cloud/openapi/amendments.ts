import type { JsonObject } from './locate.ts';

/**
 * What the provider changed after the description of 2026-02-20 was written, so that the emulator is held to the API
 * as it is now:
 * - 2026-07-01: `datacenter` was removed from servers and Primary IPs, in answers and requests
 *   (docs.hetzner.cloud/changelog#2026-07-01-removing-datacenters);
 * - 2026-04-01: the locations of server types say `available` and `recommended`
 *   (docs.hetzner.cloud/changelog#2026-04-01-datacenter-deprecations);
 * - 2025-01-30: listing actions without ids was removed; it is answered with 410, so the parameter is not required of
 *   a request that is to get that answer.
 */
export function amend(description: JsonObject): JsonObject {
  const amended = structuredClone(description);
  visit(amended, removeDatacenter);
  visit(amended, (node) => {
    if (node.operationId === 'get_multiple_actions') node.parameters = optional(node.parameters);
  });
  const type = schema(amended, 'server_type_location');
  if (type) {
    type.properties = {
      ...(type.properties as JsonObject),
      available: { type: 'boolean' },
      recommended: { type: 'boolean' },
    };
    type.required = [...((type.required as string[]) ?? []), 'available', 'recommended'];
  }
  return amended;
}

function removeDatacenter(node: JsonObject): void {
  const properties = node.properties;
  if (!isObject(properties) || !('datacenter' in properties)) return;
  delete properties.datacenter;
  if (Array.isArray(node.required)) node.required = node.required.filter((name) => name !== 'datacenter');
}

function optional(parameters: unknown): unknown {
  return (parameters as JsonObject[]).map((parameter) => ({ ...parameter, required: false }));
}

function schema(description: JsonObject, name: string): JsonObject | undefined {
  const components = description.components as { schemas?: Record<string, JsonObject> } | undefined;
  return components?.schemas?.[name];
}

function visit(node: unknown, act: (object: JsonObject) => void): void {
  if (Array.isArray(node)) for (const entry of node) visit(entry, act);
  if (!isObject(node)) return;
  act(node);
  for (const value of Object.values(node)) visit(value, act);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
