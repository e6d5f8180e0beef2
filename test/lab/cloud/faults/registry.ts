import { type ActionFault, type Fault, type FaultRequest, faultSchema, type RequestFault } from './fault.ts';

/** A fault that is waiting, and how often it has been met and used. */
export interface ArmedFault {
  id: number;
  fault: Fault;
  seen: number;
  used: number;
}

/** The faults of one emulator. */
export interface FaultRegistry {
  /** Arms a fault; @returns its id. @throws ZodError when it is malformed */
  add(fault: FaultRequest): number;
  remove(id: number): void;
  clear(): void;
  list(): ArmedFault[];
  /** The first armed fault that this request meets, and counts it. */
  forRequest(operation: string): RequestFault | undefined;
  /** The first armed fault that this action meets, and counts it. */
  forAction(action: { command: string; servers: string[] }): ActionFault | undefined;
}

/** Faults are met in the order in which they were armed; one that is used up is kept in the list, to be looked at. */
export function createFaultRegistry(): FaultRegistry {
  let nextId = 1;
  let armed: ArmedFault[] = [];
  return {
    add: (request) => {
      const id = nextId;
      nextId += 1;
      armed.push({ id, fault: faultSchema.parse(request), seen: 0, used: 0 });
      return id;
    },
    remove: (id) => {
      armed = armed.filter((entry) => entry.id !== id);
    },
    clear: () => {
      armed = [];
    },
    list: () => structuredClone(armed),
    forRequest: (operation) => {
      const meets = (fault: Fault): fault is RequestFault =>
        (fault.kind === 'error' || fault.kind === 'drop' || fault.kind === 'delay') &&
        (fault.operation === undefined || fault.operation === operation);
      return use(armed, meets);
    },
    forAction: ({ command, servers }) => {
      const meets = (fault: Fault): fault is ActionFault =>
        (fault.kind === 'action-error' || fault.kind === 'action-stuck') &&
        (fault.command === undefined || fault.command === command) &&
        (fault.server === undefined || servers.includes(fault.server));
      return use(armed, meets);
    },
  };
}

function use<T extends Fault>(armed: ArmedFault[], meets: (fault: Fault) => fault is T): T | undefined {
  for (const entry of armed) {
    const { fault } = entry;
    if (!meets(fault) || (fault.times !== null && entry.used >= fault.times)) continue;
    entry.seen += 1;
    if (entry.seen <= fault.skip) continue;
    entry.used += 1;
    return fault;
  }
  return undefined;
}
