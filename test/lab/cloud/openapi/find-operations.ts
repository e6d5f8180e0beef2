import type { JsonObject } from './locate.ts';

export interface ParameterDescription {
  name: string;
  in: string;
  required: boolean;
  isArray: boolean;
  /** JSON pointer to the parameter's schema within the document. */
  pointer: string;
}

/** One operation of the description; pointers are JSON pointers to schemas within the document. */
export interface OperationDescription {
  method: string;
  path: string;
  parameters: ParameterDescription[];
  requestBody: string | undefined;
  responses: Record<string, { pointer: string | undefined }>;
}

interface RawOperation {
  operationId?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: { type?: string } }[];
  requestBody?: { content?: Record<string, unknown> };
  responses?: Record<string, { content?: Record<string, unknown> }>;
}

const methods = new Set(['get', 'post', 'put', 'delete', 'patch']);
const json = 'application/json';

/** Every operation of an OpenAPI document by its id. */
export function findOperations(document: JsonObject): Map<string, OperationDescription> {
  const found = new Map<string, OperationDescription>();
  for (const [path, item] of Object.entries(document.paths as Record<string, JsonObject>)) {
    for (const [method, raw] of Object.entries(item)) {
      const operation = raw as RawOperation;
      if (!methods.has(method) || !operation.operationId) continue;
      found.set(operation.operationId, describe(path, method, operation));
    }
  }
  return found;
}

function describe(path: string, method: string, operation: RawOperation): OperationDescription {
  const base = `/paths/${pointerStep(path)}/${method}`;
  const body = operation.requestBody?.content?.[json];
  const responses = Object.entries(operation.responses ?? {}).map(([status, response]) => {
    const pointer = `${base}/responses/${status}/content/${pointerStep(json)}/schema`;
    return [status, { pointer: response.content?.[json] ? pointer : undefined }];
  });
  return {
    method: method.toUpperCase(),
    path,
    parameters: (operation.parameters ?? []).map((parameter, index) => ({
      name: parameter.name,
      in: parameter.in,
      required: parameter.required ?? false,
      isArray: parameter.schema?.type === 'array',
      pointer: `${base}/parameters/${index}/schema`,
    })),
    requestBody: body ? `${base}/requestBody/content/${pointerStep(json)}/schema` : undefined,
    responses: Object.fromEntries(responses),
  };
}

/** Escapes one step of a JSON pointer that is used as a URI fragment. */
function pointerStep(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
