import type { MachineNetwork, MachineSpec, ServerBackend } from './backend.ts';

/** A machine that exists only in memory. */
export interface MemoryMachine {
  spec: MachineSpec;
  running: boolean;
  boots: number;
  privateNets: MachineNetwork[];
}

/** Machines in memory, for tests of everything but the machines. */
export interface MemoryBackend extends ServerBackend {
  /** A machine by its server's id. */
  machine(id: number): MemoryMachine | undefined;
  machines(): MemoryMachine[];
  /** Names of machines that do not react to a shutdown, as a hung system would. */
  readonly deaf: Set<string>;
}

/** A backend that does at once what it is told. */
export function createMemoryBackend(): MemoryBackend {
  const machines = new Map<number, MemoryMachine>();
  const deaf = new Set<string>();
  const need = (id: number): MemoryMachine => {
    const machine = machines.get(id);
    if (!machine) throw new Error(`there is no machine for server ${id}: create it first`);
    return machine;
  };
  return {
    deaf,
    machine: (id) => machines.get(id),
    machines: () => [...machines.values()],
    create: async (spec) => {
      machines.set(spec.id, { spec, running: false, boots: 0, privateNets: [...spec.privateNets] });
    },
    powerOn: async (id) => {
      const machine = need(id);
      if (!machine.running) machine.boots += 1;
      machine.running = true;
    },
    powerOff: async (id) => {
      const machine = machines.get(id);
      if (machine) machine.running = false;
    },
    shutdown: async (id) => {
      const machine = need(id);
      if (deaf.has(machine.spec.name)) await new Promise<never>(() => {});
      machine.running = false;
    },
    reboot: async (id) => {
      const machine = need(id);
      if (!machine.running) throw new Error(`server ${id} is off: power it on`);
      machine.boots += 1;
    },
    attachNetwork: async (id, network) => {
      need(id).privateNets.push(network);
    },
    detachNetwork: async (id, { network }) => {
      const machine = need(id);
      machine.privateNets = machine.privateNets.filter((net) => net.network !== network);
    },
    destroy: async (id) => {
      machines.delete(id);
    },
  };
}
