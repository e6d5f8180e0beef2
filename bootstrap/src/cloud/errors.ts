import type { Failure, FailureCode } from './failure.ts';

/** A call to the provider that failed for good. The message says what happened and what to do next. */
export class CloudError extends Error {
  override readonly name = 'CloudError';
  constructor(readonly failure: Failure) {
    super(failureText(failure));
  }

  get code(): FailureCode {
    return this.failure.code;
  }
}

/** True for a CloudError with one of the codes. */
export function hasCode(error: unknown, ...codes: readonly FailureCode[]): error is CloudError {
  return error instanceof CloudError && codes.includes(error.code);
}

/** What went wrong and, on a line of its own, what to do. */
export function failureText(failure: Failure): string {
  return `${whatHappened(failure)}\n${advice(failure)}`;
}

function whatHappened(failure: Failure): string {
  if (failure.code === 'action_failed') {
    return `Hetzner: ${failure.about}: ${failure.command} failed: ${failure.message} (${failure.given})`;
  }
  const request = `${failure.method} ${failure.path}`;
  if (failure.code === 'no_answer') return `Hetzner: no answer to ${request}: ${failure.message}`;
  const code = failure.code === 'unknown' ? failure.given : failure.code;
  const trace = failure.correlationId ? `; correlation id ${failure.correlationId}` : '';
  return `Hetzner: ${failure.message} (${code}, HTTP ${failure.status}, ${request}${trace})`;
}

type Advice = { readonly [C in FailureCode]: (failure: Failure & { readonly code: C }) => string };

const LATER = () =>
  'Run the same command again in a few minutes; see https://status.hetzner.com for disturbances.';
const TOKEN = 'Hetzner console: Security, API tokens.';
const OUR_FAULT = 'This is a fault of this project: keep the message and the log file, and report both.';
const ALREADY = () => 'It is as it should be. Run the same command again.';

const adviceByCode: Advice = {
  rate_limit_exceeded: () =>
    'The budget of 3,600 requests an hour is used up, also by other programs with a token of this project. Run the same command again in an hour.',
  conflict: () => 'Something else changes the same resource. Run the same command again when it is done.',
  bad_gateway: LATER,
  timeout: LATER,
  unavailable: LATER,
  maintenance: LATER,
  service_error: LATER,
  server_error: LATER,
  locked: () =>
    'An action is still running on it. See it in the Hetzner console, then run the same command again.',
  resource_limit_exceeded: ({ limits }) =>
    `The account is at its limit${limits.length > 0 ? ` (${limits.join(', ')})` : ''}: delete what is not needed, or ask for more at https://console.hetzner.cloud/limits`,
  resource_unavailable: () =>
    'Hetzner has none free. Choose another provider.serverType or provider.location in cluster.yaml, or try later.',
  placement_error: () =>
    'No room for a server on a machine of its own. Choose another provider.serverType or provider.location in cluster.yaml, or try later.',
  uniqueness_error: ({ fields }) =>
    `Another resource has ${fields.length > 0 ? `the same ${fields.map(({ name }) => name).join(', ')}` : 'that already'}. Rename or delete it in the Hetzner console, then run the same command again.`,
  unauthorized: () => `The token is not valid. Make one with read and write access, and set it. ${TOKEN}`,
  forbidden: () =>
    `The token may not do this. Make one with read and write access in the right project. ${TOKEN}`,
  token_readonly: () => `The token may only read. Make one with read and write access. ${TOKEN}`,
  not_found: () => 'It was deleted meanwhile. Run the same command again.',
  json_error: () => OUR_FAULT,
  invalid_input: ({ fields }) =>
    [...fields.map(fieldText), 'Correct what comes from cluster.yaml.'].join('\n'),
  invalid_server_type: () => 'Choose another provider.serverType in cluster.yaml.',
  protected: () => 'It is protected: lift the protection in the Hetzner console if you mean it.',
  resource_in_use: () => 'Something still uses it: remove that first.',
  must_be_unassigned: () => 'Unassign it from its server first.',
  server_already_attached: ALREADY,
  firewall_already_applied: ALREADY,
  ip_not_available: () =>
    'Another server has that private address, or it is outside the subnets. See the network in the Hetzner console, or choose another privateIPv4 in cluster.yaml.',
  no_subnet_available: () =>
    'The private network has no subnet with a free address in the zone of the location. See it in the Hetzner console.',
  networks_overlap: () => 'The server is in another network with the same addresses. Detach it there first.',
  deprecated_api_endpoint: () => OUR_FAULT,
  unknown: () =>
    'The code is not known here; https://docs.hetzner.cloud/reference/cloud#errors may explain it.',
  no_answer: () =>
    'Check the connection to the internet, then run the same command again: it continues where this one stopped.',
  action_failed: ({ command }) =>
    command === 'create_server'
      ? 'If that server is in the Hetzner console, delete it there: it was never whole. Then run the same command again.'
      : 'Run the same command again. If it fails again, see the resource in the Hetzner console.',
};

function advice<C extends FailureCode>(failure: Failure & { readonly code: C }): string {
  const say: (failure: Failure & { readonly code: C }) => string = adviceByCode[failure.code as C];
  return say(failure);
}

function fieldText({ name, messages }: { name: string; messages: readonly string[] }): string {
  return `  ${name}: ${messages.join(', ') || 'not taken'}`;
}
