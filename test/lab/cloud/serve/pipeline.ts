import { randomUUID } from 'node:crypto';
import { authorize } from '../api/auth.ts';
import { ApiError, errorBody, invalidInput } from '../api/errors.ts';
import type { Query, Reply } from '../api/operation.ts';
import { fullBudget, type RateBudget, rateHeaders, spend } from '../api/rate-limit.ts';
import type { Match, Router } from '../api/router.ts';
import type { CloudConfig } from '../config.ts';
import type { RequestFault } from '../faults/fault.ts';
import type { FaultRegistry } from '../faults/registry.ts';
import type { Contract } from '../openapi/contract.ts';
import type { Job } from '../state/jobs.ts';
import type { Store } from './store.ts';

export interface ApiRequest {
  method: string;
  /** Below /v1. */
  path: string;
  query: Query;
  authorization: string | undefined;
  /** The body as it came. */
  text: string;
}

export interface ApiAnswer {
  status: number;
  headers: Record<string, string>;
  /** Undefined for 204. */
  text: string | undefined;
  /** Cut the connection instead of answering. */
  drop: boolean;
  /** Wait before answering, in milliseconds. */
  delayMs: number;
  /** The operation, for the log; undefined when none was found. */
  operation: string | undefined;
}

export interface PipelineParts {
  config: CloudConfig;
  store: Store;
  router: Router;
  contract: Contract;
  faults: FaultRegistry;
  submit: (jobs: readonly Job[]) => void;
  /** Called with what an answer of the emulator itself did wrong. */
  onViolation: (violation: string) => void;
  now: () => Date;
}

/** One emulated API: answers requests, one after the other. */
export interface Pipeline {
  handle(request: ApiRequest): ApiAnswer;
  /** Leaves this many requests in the rate budget. */
  setRemaining(remaining: number): void;
}

/** Puts the steps of a request together: budget, token, route, fault, check, handler, check. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { limit, perSecond } = parts.config.rateLimit;
  let budget: RateBudget = fullBudget(limit, perSecond, parts.now());
  return {
    setRemaining: (remaining) => {
      budget = { ...budget, remaining, at: parts.now().getTime() };
    },
    handle: (request) => {
      const spent = spend(budget, parts.now());
      budget = spent.budget;
      const headers = { ...rateHeaders(budget), 'X-Correlation-Id': randomUUID() };
      let match: Match | undefined;
      try {
        if (!spent.allowed) {
          throw new ApiError('rate_limit_exceeded', `limit of ${limit} requests per hour reached`);
        }
        authorize(request.authorization, request.method, parts.config);
        match = parts.router(request.method, request.path);
        return answer(parts, request, match, headers);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return finish(parts, match, { status: error.status, body: errorBody(error) }, headers);
      }
    },
  };
}

function answer(
  parts: PipelineParts,
  request: ApiRequest,
  match: Match,
  headers: Record<string, string>,
): ApiAnswer {
  const fault = parts.faults.forRequest(match.operation.id);
  if (fault?.kind === 'error') return refuse(parts, match, fault, headers);
  if (fault?.kind === 'drop' && fault.when === 'before-handling') {
    return dropped(match);
  }
  const body = readJson(request.text);
  const problems = parts.contract.checkRequest(match.operation.id, { ...match, query: request.query, body });
  if (problems.length > 0) throw invalidInput(...problems);
  const jobs: Job[] = [];
  const done = parts.store.update((state) => {
    const reply = match.operation.run({
      state,
      config: parts.config,
      now: parts.now(),
      params: match.params,
      query: request.query,
      body,
    });
    jobs.push(...(reply.jobs ?? []));
    return finish(parts, match, reply, headers);
  });
  parts.submit(jobs);
  return {
    ...done,
    drop: fault?.kind === 'drop',
    delayMs: fault?.kind === 'delay' ? fault.ms : 0,
  };
}

function refuse(
  parts: PipelineParts,
  match: Match,
  fault: Extract<RequestFault, { kind: 'error' }>,
  headers: Record<string, string>,
): ApiAnswer {
  const limited: Record<string, string> = fault.status === 429 ? { 'RateLimit-Remaining': '0' } : {};
  const reply = { status: fault.status, body: errorBody(fault) };
  const refused = finish(parts, match, reply, { ...headers, ...limited });
  if (fault.rawBody === undefined) return refused;
  return {
    ...refused,
    text: fault.rawBody,
    headers: { ...refused.headers, 'Content-Type': 'text/html' },
  };
}

/** Turns a reply into an answer, after holding it against the description. */
function finish(
  { contract, onViolation }: PipelineParts,
  match: Match | undefined,
  reply: Reply,
  headers: Record<string, string>,
): ApiAnswer {
  const text = reply.body === undefined ? undefined : JSON.stringify(reply.body);
  const id = match?.operation.id;
  if (id) {
    // What travels is checked, not what the handler holds: undefined fields are gone by then.
    const wrong = contract.checkResponse(id, reply.status, text === undefined ? undefined : JSON.parse(text));
    if (wrong.length > 0) {
      const violation = `${id} ${reply.status}: ${wrong.join('; ')}`;
      onViolation(violation);
      throw new NonconformingAnswer(violation);
    }
  }
  return {
    status: reply.status,
    headers: {
      ...headers,
      ...reply.headers,
      ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    text,
    drop: false,
    delayMs: 0,
    operation: id,
  };
}

/** The emulator was about to send what the provider's description does not allow: a defect of the emulator. */
export class NonconformingAnswer extends Error {
  constructor(violation: string) {
    super(`the emulator's own answer breaks the provider's description: ${violation}`);
    this.name = 'NonconformingAnswer';
  }
}

function dropped(match: Match): ApiAnswer {
  return {
    status: 0,
    headers: {},
    text: undefined,
    drop: true,
    delayMs: 0,
    operation: match.operation.id,
  };
}

function readJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('json_error', 'invalid JSON input in your request');
  }
}
