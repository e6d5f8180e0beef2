import type { FaultRequest } from './fault.ts';

interface Target {
  operation?: string;
  skip?: number;
  times?: number | null;
}

/** The faults that a client of this API meets in practice, with the provider's codes and bodies. */
export const preset = {
  unauthorized: (target: Target = {}): FaultRequest =>
    refusal(target, 401, 'unauthorized', 'unable to authenticate'),
  forbidden: (target: Target = {}): FaultRequest =>
    refusal(target, 403, 'forbidden', 'insufficient permissions for this request'),
  limitExceeded: (target: Target = {}): FaultRequest =>
    refusal(target, 403, 'resource_limit_exceeded', 'server limit exceeded', {
      limits: [{ name: 'server_limit' }],
    }),
  notUnique: (target: Target = {}, field = 'name'): FaultRequest =>
    refusal(target, 409, 'uniqueness_error', `${field} is already used`, { fields: [{ name: field }] }),
  conflict: (target: Target = {}): FaultRequest =>
    refusal(target, 409, 'conflict', 'the resource has changed during the request, please retry'),
  unavailable: (target: Target = {}): FaultRequest =>
    refusal(target, 412, 'resource_unavailable', 'the requested resource is currently unavailable'),
  invalidInput: (target: Target = {}, field = 'name', complaint = 'is too long'): FaultRequest =>
    refusal(target, 422, 'invalid_input', `invalid input in field '${field}': ${complaint}`, {
      fields: [{ name: field, messages: [complaint] }],
    }),
  locked: (target: Target = {}): FaultRequest =>
    refusal(target, 423, 'locked', 'the item is locked: an action is running on it'),
  rateLimited: (target: Target = {}): FaultRequest =>
    refusal(target, 429, 'rate_limit_exceeded', 'limit of requests per hour reached'),
  serverError: (target: Target = {}): FaultRequest =>
    refusal(target, 500, 'server_error', 'an error occurred within the API backend'),
  /** What a proxy in front of the API answers: no JSON at all. */
  badGateway: (target: Target = {}): FaultRequest => ({
    ...refusal(target, 502, 'bad_gateway', 'bad gateway'),
    rawBody: '<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>',
  }),
  maintenance: (target: Target = {}): FaultRequest =>
    refusal(target, 503, 'unavailable', 'the service is currently not available'),
  timeout: (target: Target = {}): FaultRequest =>
    refusal(target, 504, 'timeout', 'the request could not be answered in time'),
  /** The server is made, and the client never hears of it. */
  droppedAfterCreate: (target: Target = {}): FaultRequest => ({
    kind: 'drop',
    operation: 'create_server',
    when: 'after-handling',
    ...target,
  }),
} as const;

function refusal(
  target: Target,
  status: number,
  code: string,
  message: string,
  details: Record<string, unknown> | null = null,
): Extract<FaultRequest, { kind: 'error' }> {
  return { kind: 'error', ...target, status, code, message, details };
}
