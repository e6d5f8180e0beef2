import { z } from 'zod';
import type { FaultRequest } from '../faults/fault.ts';
import { faultSchema } from '../faults/fault.ts';
import type { ArmedFault } from '../faults/registry.ts';
import type { CloudState } from '../state/model.ts';

/** A request that the emulator answered. */
export interface RequestLogEntry {
  at: string;
  method: string;
  path: string;
  operation: string | null;
  /** 0 when the connection was cut. */
  status: number;
}

const actionError = z.strictObject({ code: z.string(), message: z.string() });

/** What the control endpoint takes: one command, sent as JSON by POST to /_lab. */
export const controlCommand = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('add-fault'), fault: faultSchema }),
  z.strictObject({ do: z.literal('remove-fault'), id: z.int() }),
  z.strictObject({ do: z.literal('clear-faults') }),
  z.strictObject({ do: z.literal('list-faults') }),
  z.strictObject({ do: z.literal('set-rate-remaining'), remaining: z.int().nonnegative() }),
  z.strictObject({
    do: z.literal('set-availability'),
    serverType: z.string(),
    location: z.string(),
    available: z.boolean(),
  }),
  z.strictObject({ do: z.literal('resume-action'), id: z.int() }),
  z.strictObject({ do: z.literal('fail-action'), id: z.int(), error: actionError }),
  z.strictObject({ do: z.literal('read-state') }),
  z.strictObject({ do: z.literal('read-requests') }),
  z.strictObject({ do: z.literal('read-violations') }),
]);

export type ControlCommand = z.output<typeof controlCommand>;

/** Sends one command and returns its result. */
export type SendCommand = (command: z.input<typeof controlCommand>) => Promise<unknown>;

/** The emulator as a test steers it; the same in the emulator's process and from another one. */
export interface CloudControl {
  /** Arms a fault. @returns its id */
  addFault(fault: FaultRequest): Promise<number>;
  removeFault(id: number): Promise<void>;
  clearFaults(): Promise<void>;
  faults(): Promise<ArmedFault[]>;
  /** Leaves this many requests in the rate budget; it flows back at its usual speed. */
  setRateRemaining(remaining: number): Promise<void>;
  /** Makes a server type sold out in a location, or available again. */
  setAvailability(serverType: string, location: string, available: boolean): Promise<void>;
  /** Lets a stuck action do its work after all. @returns false when it is not stuck */
  resumeAction(id: number): Promise<boolean>;
  /** Ends a stuck action in error. @returns false when it is not stuck */
  failAction(id: number, error: { code: string; message: string }): Promise<boolean>;
  state(): Promise<CloudState>;
  /** The requests to /v1 so far, oldest first. */
  requests(): Promise<RequestLogEntry[]>;
  /** Answers of the emulator that its own check stopped. A test run should end with none. */
  violations(): Promise<string[]>;
}

/** The typed interface over a way to send commands. */
export function controlOver(send: SendCommand): CloudControl {
  const ask = async <T>(command: z.input<typeof controlCommand>) => (await send(command)) as T;
  return {
    addFault: (fault) => ask({ do: 'add-fault', fault }),
    removeFault: (id) => ask({ do: 'remove-fault', id }),
    clearFaults: () => ask({ do: 'clear-faults' }),
    faults: () => ask({ do: 'list-faults' }),
    setRateRemaining: (remaining) => ask({ do: 'set-rate-remaining', remaining }),
    setAvailability: (serverType, location, available) =>
      ask({ do: 'set-availability', serverType, location, available }),
    resumeAction: (id) => ask({ do: 'resume-action', id }),
    failAction: (id, error) => ask({ do: 'fail-action', id, error }),
    state: () => ask({ do: 'read-state' }),
    requests: () => ask({ do: 'read-requests' }),
    violations: () => ask({ do: 'read-violations' }),
  };
}
