import { openHost } from '../../../hosts/host.ts';
import { hostAliases } from '../../../hosts/store.ts';
import { createHost, type LabHost } from '../../../lab.ts';
import type { MachineSpec, ServerBackend } from '../backend.ts';
import { aliasOf, hostSpecOf, requireLabNetwork } from './machine-host.ts';
import { plugPrivateCard, unplugPrivateCard } from './private-card.ts';
import { routeIPv6, unrouteIPv6 } from './routed-ipv6.ts';

/**
 * Servers as hosts of the lab. A host is made when its server is first switched on: what was attached to it until
 * then is there from its first boot, and its user data finds it.
 * @param adopted hosts that are servers already, by the server's id
 */
export function createLabBackend(adopted: ReadonlyMap<number, MachineSpec> = new Map()): ServerBackend {
  const machines = new Map(adopted);
  const need = (id: number): MachineSpec => {
    const machine = machines.get(id);
    if (!machine) throw new Error(`there is no machine for server ${id}: delete the server`);
    return machine;
  };
  const hostOf = (machine: MachineSpec): LabHost | undefined => {
    const alias = aliasOf(machine);
    return hostAliases().includes(alias) ? openHost(alias) : undefined;
  };
  const needRunning = (id: number): LabHost => {
    const host = hostOf(need(id));
    if (!host?.isOn()) throw new Error(`server ${id} is off: power it on`);
    return host;
  };
  return {
    create: async (spec) => {
      hostSpecOf(spec);
      if (hostOf(spec)) throw new Error(`the lab has a host ${aliasOf(spec)} already: destroy it first`);
      machines.set(spec.id, spec);
    },
    powerOn: async (id) => {
      const machine = need(id);
      const existing = hostOf(machine);
      const host = existing ?? (await createHost(hostSpecOf(machine)));
      if (!host.isOn()) await host.boot();
      if (machine.publicIPv6) await routeIPv6(host, machine.publicIPv6);
    },
    powerOff: async (id) => {
      const machine = machines.get(id);
      if (machine) await hostOf(machine)?.powerOff();
    },
    shutdown: async (id) => {
      await needRunning(id).shutdown();
    },
    reboot: async (id) => {
      await needRunning(id).reboot();
    },
    attachNetwork: async (id, network) => {
      const machine = need(id);
      requireLabNetwork(machine.name, network);
      const changed = { ...machine, privateNets: [...machine.privateNets, network] };
      hostSpecOf(changed);
      if (hostOf(machine)) await plugPrivateCard(aliasOf(machine), network.ip);
      machines.set(id, changed);
    },
    detachNetwork: async (id, network) => {
      const machine = need(id);
      if (hostOf(machine)) await unplugPrivateCard(aliasOf(machine));
      const privateNets = machine.privateNets.filter((net) => net.network !== network.network);
      machines.set(id, { ...machine, privateNets });
    },
    destroy: async (id) => {
      const machine = machines.get(id);
      if (!machine) return;
      await hostOf(machine)?.destroy();
      if (machine.publicIPv6) await unrouteIPv6(machine.publicIPv6);
      machines.delete(id);
    },
  };
}
