import { z } from 'zod';

const count = {
  /** How many matching requests (or actions) pass first. */
  skip: z.int().nonnegative().default(0),
  /** How many are hit; null for every one until the fault is removed. */
  times: z.int().positive().nullable().default(1),
};

const target = {
  ...count,
  /** The operation's id, such as `create_server`; without it any operation is hit. */
  operation: z.string().optional(),
};

const actionTarget = {
  ...count,
  /** The action's command, such as `create_server` or `start_server`. */
  command: z.string().optional(),
  /** Only actions of the server with this name. */
  server: z.string().optional(),
};

/** A fault on demand. It is data, so that tests and the control endpoint speak of the same things. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** The request is refused before anything happens. */
  z.strictObject({
    kind: z.literal('error'),
    ...target,
    status: z.int().min(400).max(599),
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).nullable().default(null),
    /** Sent instead of the JSON body, as a proxy in front of the API would. */
    rawBody: z.string().optional(),
  }),
  /** The connection is cut, either before the request is handled or after, with its effect done. */
  z.strictObject({
    kind: z.literal('drop'),
    ...target,
    when: z.enum(['before-handling', 'after-handling']),
  }),
  /** The answer comes late. */
  z.strictObject({ kind: z.literal('delay'), ...target, ms: z.int().positive() }),
  /** An action ends in error, and its work is not done. */
  z.strictObject({
    kind: z.literal('action-error'),
    ...actionTarget,
    code: z.string().default('action_failed'),
    message: z.string().default('Action failed'),
  }),
  /** An action stays `running` until it is settled through the control interface; its work is not done. */
  z.strictObject({ kind: z.literal('action-stuck'), ...actionTarget }),
]);

/** A fault as it is asked for; what has a default may be left out. */
export type FaultRequest = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema>;
export type RequestFault = Extract<Fault, { kind: 'error' | 'drop' | 'delay' }>;
export type ActionFault = Extract<Fault, { kind: 'action-error' | 'action-stuck' }>;
