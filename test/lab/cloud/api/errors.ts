/** Error codes and their statuses as the provider's reference lists them ("Errors", "Operation specific errors"). */
const statusOf = {
  json_error: 400,
  unauthorized: 401,
  token_readonly: 401,
  forbidden: 403,
  maintenance: 403,
  resource_limit_exceeded: 403,
  not_found: 404,
  firewall_resource_not_found: 404,
  method_not_allowed: 405,
  uniqueness_error: 409,
  conflict: 409,
  deprecated_api_endpoint: 410,
  resource_unavailable: 412,
  invalid_input: 422,
  invalid_server_type: 422,
  service_error: 422,
  unsupported_error: 422,
  placement_error: 422,
  primary_ip_assigned: 422,
  primary_ip_version_mismatch: 422,
  primary_ip_datacenter_mismatch: 422,
  primary_ip_already_assigned: 422,
  must_be_unassigned: 422,
  server_has_ipv4: 422,
  server_has_ipv6: 422,
  server_not_stopped: 422,
  server_already_attached: 422,
  server_already_added: 422,
  ip_not_available: 422,
  no_subnet_available: 422,
  networks_overlap: 422,
  resource_in_use: 422,
  firewall_already_applied: 422,
  firewall_managed_by_label_selector: 422,
  private_net_only_server: 422,
  locked: 423,
  protected: 423,
  rate_limit_exceeded: 429,
  server_error: 500,
  bad_gateway: 502,
  unavailable: 503,
  timeout: 504,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof statusOf;
export type ErrorDetails = Record<string, unknown> | null;

/** A refusal as the API words it. Thrown by handlers; the pipeline turns it into the answer. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = null) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return statusOf[this.code];
  }
}

export interface FieldProblem {
  /** The field's path in the request, such as `networks.0`; the provider's `details.fields[].name`. */
  name: string;
  messages: string[];
}

/** 422 with the fields that are wrong. */
export function invalidInput(...fields: FieldProblem[]): ApiError {
  const first = fields[0];
  const message = first
    ? `invalid input in field '${first.name}': ${first.messages.join(', ')}`
    : 'invalid input';
  return new ApiError('invalid_input', message, { fields });
}

/** 422 for one field with one complaint. */
export function invalidField(name: string, message: string): ApiError {
  return invalidInput({ name, messages: [message] });
}

/** 404 for an object that is not in the project. */
export function notFound(kind: string, id: number | string): ApiError {
  return new ApiError('not_found', `${kind} with ID '${id}' not found`);
}

/** 409 for a value that another object has already. */
export function notUnique(field: string, message = `${field} is already used`): ApiError {
  return new ApiError('uniqueness_error', message, { fields: [{ name: field }] });
}

/** The error body of the API. */
export function errorBody(error: { code: string; message: string; details?: ErrorDetails }) {
  return { error: { code: error.code, message: error.message, details: error.details ?? null } };
}
