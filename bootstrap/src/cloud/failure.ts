/** What can go wrong with a call, as data: told apart by `code`, never by the HTTP status (limits came as 403, capacity as 412). */

interface Request {
  readonly method: string;
  /** Without host and query. */
  readonly path: string;
}

interface Refusal extends Request {
  readonly status: number;
  /** The provider's own words. */
  readonly message: string;
  /** What the provider's support asks for. */
  readonly correlationId: string | undefined;
}

/** A field of a request that the provider did not take. */
export interface FieldProblem {
  readonly name: string;
  readonly messages: readonly string[];
}

/** Codes whose meaning is in the code alone. */
export const plainCodes = [
  'rate_limit_exceeded',
  'conflict',
  'bad_gateway',
  'timeout',
  'locked',
  'maintenance',
  'unavailable',
  'service_error',
  'server_error',
  'resource_unavailable',
  'placement_error',
  'unauthorized',
  'forbidden',
  'token_readonly',
  'not_found',
  'json_error',
  'invalid_server_type',
  'protected',
  'resource_in_use',
  'must_be_unassigned',
  'server_already_attached',
  'firewall_already_applied',
  'ip_not_available',
  'no_subnet_available',
  'networks_overlap',
  'deprecated_api_endpoint',
] as const;

export type PlainCode = (typeof plainCodes)[number];

export type Failure =
  | (Refusal & { readonly code: PlainCode })
  | (Refusal & {
      readonly code: 'invalid_input' | 'uniqueness_error';
      readonly fields: readonly FieldProblem[];
    })
  | (Refusal & { readonly code: 'resource_limit_exceeded'; readonly limits: readonly string[] })
  /** A code that this project does not know. */
  | (Refusal & { readonly code: 'unknown'; readonly given: string })
  /** No answer came: whether the request was carried out is not known. */
  | (Request & { readonly code: 'no_answer'; readonly message: string })
  /** The request was taken, and the work behind it failed. */
  | {
      readonly code: 'action_failed';
      readonly command: string;
      /** The action's own error code. */
      readonly given: string;
      readonly message: string;
      readonly about: string;
    };

export type FailureCode = Failure['code'];

interface ErrorBody {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
}

/** Reads an answer that is no success. A proxy in front of the API answers without JSON: then the status decides. */
export function readFailure(request: Request, status: number, headers: Headers, text: string): Failure {
  const error = errorOf(text);
  const code = typeof error.code === 'string' ? error.code : codeOfStatus(status);
  const refusal: Refusal = {
    ...request,
    status,
    message: typeof error.message === 'string' ? error.message : `HTTP ${status} without an explanation`,
    correlationId: headers.get('x-correlation-id') ?? undefined,
  };
  if (code === 'invalid_input' || code === 'uniqueness_error') {
    return { ...refusal, code, fields: listOf(error.details, 'fields').map(fieldProblem) };
  }
  if (code === 'resource_limit_exceeded') {
    return { ...refusal, code, limits: listOf(error.details, 'limits').map(({ name }) => String(name)) };
  }
  const plain = plainCodes.find((known) => known === code);
  return plain ? { ...refusal, code: plain } : { ...refusal, code: 'unknown', given: code };
}

function codeOfStatus(status: number): string {
  const codes: Record<number, PlainCode> = {
    401: 'unauthorized',
    404: 'not_found',
    429: 'rate_limit_exceeded',
    500: 'server_error',
    502: 'bad_gateway',
    503: 'unavailable',
    504: 'timeout',
  };
  return codes[status] ?? `http_${status}`;
}

function errorOf(text: string): ErrorBody {
  try {
    const body: unknown = JSON.parse(text);
    return (isObject(body) && isObject(body.error) && body.error) || {};
  } catch {
    return {};
  }
}

function fieldProblem({ name, messages }: Record<string, unknown>): FieldProblem {
  return { name: String(name), messages: Array.isArray(messages) ? messages.map(String) : [] };
}

function listOf(details: unknown, key: string): Record<string, unknown>[] {
  const list = isObject(details) ? details[key] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
