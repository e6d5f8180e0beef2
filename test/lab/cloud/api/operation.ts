import type { z } from 'zod';
import type { CloudConfig } from '../config.ts';
import type { Job } from '../state/jobs.ts';
import type { CloudState } from '../state/model.ts';
import { type FieldProblem, invalidInput, notFound } from './errors.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type Query = Readonly<Record<string, readonly string[]>>;

/** What a handler gets: a draft of the state that it may change, and the request, already checked. */
export interface Call<Body = unknown> {
  state: CloudState;
  config: CloudConfig;
  now: Date;
  /** Path parameters by name. */
  params: Readonly<Record<string, string>>;
  query: Query;
  body: Body;
}

/** What a handler answers. Work on machines is returned as data, and done after the answer was accepted. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  jobs?: Job[];
}

/** One operation of the API under the id that the provider's description gives it. */
export interface Operation {
  id: string;
  method: Method;
  path: string;
  run(call: Call): Reply;
}

/** An operation without a request body. */
export function operation(
  id: string,
  method: Method,
  path: string,
  handle: (call: Call) => Reply,
): Operation {
  return { id, method, path, run: handle };
}

/** An operation whose body is read by `schema` first; what does not fit is answered as `invalid_input`. */
export function operationWithBody<Body>(
  id: string,
  method: Method,
  path: string,
  schema: z.ZodType<Body>,
  handle: (call: Call<Body>) => Reply,
): Operation {
  return {
    id,
    method,
    path,
    run: (call) => {
      const parsed = schema.safeParse(call.body);
      if (!parsed.success) throw invalidInput(...problems(parsed.error.issues));
      return handle({ ...call, body: parsed.data });
    },
  };
}

/** The numeric path parameter `name`, or 404 as for any id that does not exist. */
export function idParam(call: Pick<Call, 'params'>, kind: string, name = 'id'): number {
  const text = call.params[name] ?? '';
  if (!/^\d+$/.test(text)) throw notFound(kind, text);
  return Number(text);
}

function problems(issues: readonly z.core.$ZodIssue[]): FieldProblem[] {
  return issues.flatMap((issue) => {
    const names = issue.code === 'unrecognized_keys' ? issue.keys : [''];
    return names.map((key) => ({
      name: [...issue.path.map(String), key].filter(Boolean).join('.') || 'body',
      messages: [issue.message],
    }));
  });
}
