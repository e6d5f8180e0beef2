import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FieldProblem } from '../api/errors.ts';
import type { Query } from '../api/operation.ts';
import { amend } from './amendments.ts';
import { findOperations, type OperationDescription } from './find-operations.ts';
import type { JsonObject } from './locate.ts';
import { toJsonSchema } from './to-json-schema.ts';

/** What the provider's description says of requests and answers. */
export interface Contract {
  /** False when no description was found: everything passes. */
  readonly enabled: boolean;
  /** Method, path and success statuses of an operation; undefined when the description has none of this id. */
  describe(operationId: string): OperationDescription | undefined;
  /** What is wrong with a request, by field. */
  checkRequest(operationId: string, request: RequestParts): FieldProblem[];
  /** What is wrong with an answer, as sentences. */
  checkResponse(operationId: string, status: number, body: unknown): string[];
}

export interface RequestParts {
  params: Readonly<Record<string, string>>;
  query: Query;
  body: unknown;
}

/** The contract of a checkout without the description. */
export const noContract: Contract = {
  enabled: false,
  describe: () => undefined,
  checkRequest: () => [],
  checkResponse: () => [],
};

const documentId = 'hcloud';

/** Reads a description into a contract. Schemas are compiled when they are first needed. */
export function buildContract(description: JsonObject): Contract {
  const document = toJsonSchema(amend(description)) as JsonObject;
  const operations = findOperations(document);
  const ajv = createAjv(false);
  const ajvForText = createAjv(true);
  for (const instance of [ajv, ajvForText]) instance.addSchema({ ...document, $id: documentId });
  const validate = (instance: Ajv, pointer: string, value: unknown) => {
    const compiled = compile(instance, pointer);
    return compiled(value) ? [] : (compiled.errors ?? []);
  };
  return {
    enabled: true,
    describe: (id) => operations.get(id),
    checkRequest: (id, { params, query, body }) => {
      const operation = operations.get(id);
      if (!operation) return [{ name: 'operation', messages: [`'${id}' is not described`] }];
      const parameters = operation.parameters.flatMap(({ name, in: where, pointer, required, isArray }) => {
        const given = where === 'path' ? params[name] : isArray ? query[name] : query[name]?.[0];
        if (given === undefined) return required ? [{ name, messages: ['is required'] }] : [];
        return validate(ajvForText, pointer, isArray ? [...given] : given).map((error) =>
          toProblem(error, name),
        );
      });
      const known = new Set(operation.parameters.filter((p) => p.in === 'query').map((p) => p.name));
      const unknown = Object.keys(query).filter((name) => !known.has(name));
      return [
        ...parameters,
        ...unknown.map((name) => ({ name, messages: ['is not a parameter of this operation'] })),
        ...(operation.requestBody
          ? validate(ajv, operation.requestBody, body).map((error) => toProblem(error))
          : []),
      ];
    },
    checkResponse: (id, status, body) => {
      const operation = operations.get(id);
      if (!operation) return [`operation '${id}' is not described`];
      const response = operation.responses[String(status)] ?? operation.responses[`${String(status)[0]}xx`];
      if (!response) return [`status ${status} is not described for ${id}`];
      if (!response.pointer) return body === undefined ? [] : [`status ${status} of ${id} has no body`];
      return validate(ajv, response.pointer, body).map(
        (error) => `${error.instancePath || 'body'} ${describeError(error)}`,
      );
    },
  };
}

function createAjv(coerceTypes: boolean): Ajv {
  // The document is OpenAPI with schemas inside, not itself a schema: ajv must not insist on known keywords.
  const ajv = new Ajv({ strict: false, validateSchema: false, allErrors: true, coerceTypes });
  addFormats.default(ajv);
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
  return ajv;
}

function compile(ajv: Ajv, pointer: string): ValidateFunction {
  const reference = `${documentId}#${pointer}`;
  const compiled = ajv.getSchema(reference);
  if (!compiled) throw new Error(`the OpenAPI description has nothing at ${pointer}`);
  return compiled;
}

function toProblem(error: ErrorObject, name?: string): FieldProblem {
  const missing: unknown = error.params.missingProperty ?? error.params.additionalProperty;
  const path = error.instancePath.split('/').filter(Boolean);
  const parts = [name, ...path, missing].filter((part) => part !== undefined);
  return { name: parts.join('.') || 'body', messages: [describeError(error)] };
}

function describeError(error: ErrorObject): string {
  const extra: unknown = error.params.additionalProperty ?? error.params.allowedValues;
  return `${error.message ?? error.keyword}${extra === undefined ? '' : ` (${String(extra)})`}`;
}
