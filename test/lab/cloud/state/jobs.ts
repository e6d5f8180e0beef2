import type { MachineNetwork, MachineSpec } from '../backend/backend.ts';
import type { CloudState, ServerRecord } from './model.ts';

/** Work that belongs to an action, as data. */
export type Effect =
  | { kind: 'none' }
  | { kind: 'create'; server: number; spec: MachineSpec }
  | { kind: 'power-on' | 'power-off' | 'shutdown' | 'reboot' | 'reset' | 'destroy'; server: number }
  | { kind: 'attach-network' | 'detach-network'; server: number; network: MachineNetwork };

export interface Job {
  action: number;
  effect: Effect;
}

/** A job that only takes time. */
export function waitJob(action: { id: number }): Job {
  return { action: action.id, effect: { kind: 'none' } };
}

/** A job that does something to a machine. */
export function job(action: { id: number }, effect: Effect): Job {
  return { action: action.id, effect };
}

/** Marks a server at the moment its job begins. */
export function beginEffect(state: CloudState, effect: Effect): void {
  const server = serverOf(state, effect);
  if (!server) return;
  if (effect.kind === 'power-on') server.status = 'starting';
  if (effect.kind === 'shutdown' && server.status === 'running') server.status = 'stopping';
}

/** Brings the state in line with a job that was done. */
export function finishEffect(state: CloudState, effect: Effect): void {
  const server = serverOf(state, effect);
  if (!server) return;
  switch (effect.kind) {
    case 'create':
    case 'power-off':
    case 'shutdown':
      server.status = 'off';
      break;
    case 'power-on':
    case 'reboot':
    case 'reset':
      server.status = 'running';
      break;
    case 'destroy':
      removeServer(state, server);
      break;
    case 'attach-network':
    case 'detach-network':
    case 'none':
      break;
  }
}

/** What is left in the state when a job failed: a server that could not be made or started is off. */
export function failEffect(state: CloudState, effect: Effect): void {
  const server = serverOf(state, effect);
  if (!server) return;
  if (effect.kind === 'create' || effect.kind === 'power-on') server.status = 'off';
  if (effect.kind === 'shutdown' && server.status === 'stopping') server.status = 'running';
  if (effect.kind === 'destroy') server.status = 'off';
  if (effect.kind === 'attach-network') {
    server.privateNets = server.privateNets.filter(({ network }) => network !== effect.network.network);
  }
}

function serverOf(state: CloudState, effect: Effect): ServerRecord | undefined {
  return 'server' in effect ? state.servers.find(({ id }) => id === effect.server) : undefined;
}

/** Takes a server out of the project; its automatic Primary IPs go with it, the others become free. */
function removeServer(state: CloudState, server: ServerRecord): void {
  state.servers = state.servers.filter(({ id }) => id !== server.id);
  state.primaryIPs = state.primaryIPs.filter((ip) => ip.assignee !== server.id || !ip.autoDelete);
  for (const ip of state.primaryIPs) if (ip.assignee === server.id) ip.assignee = null;
  for (const firewall of state.firewalls) {
    firewall.appliedTo = firewall.appliedTo.filter(
      (target) => target.type !== 'server' || target.server.id !== server.id,
    );
  }
}
