import { type Call, type Operation, operation } from '../api/operation.ts';
import { instantAction, startAction } from '../state/actions.ts';
import { type Effect, job } from '../state/jobs.ts';
import type { ResourceRef } from '../state/model.ts';
import { view } from './actions.ts';
import { requireUnlocked, serverOf } from './lookup.ts';

type PowerEffect = Extract<Effect['kind'], 'power-on' | 'power-off' | 'shutdown' | 'reboot' | 'reset'>;

/** Power of servers. */
export const serverPowerOperations: readonly Operation[] = [
  power('power_on_server', 'poweron', 'start_server', 'power-on'),
  power('power_off_server', 'poweroff', 'stop_server', 'power-off'),
  power('shutdown_server', 'shutdown', 'shutdown_server', 'shutdown'),
  power('soft_reboot_server', 'reboot', 'reboot_server', 'reboot'),
  power('reset_server', 'reset', 'reset_server', 'reset'),
];

function power(id: string, name: string, command: string, kind: PowerEffect): Operation {
  return operation(id, 'POST', `/servers/{id}/actions/${name}`, (call: Call) => {
    const server = serverOf(call);
    requireUnlocked(call.state, 'server', server.id);
    const resources: ResourceRef[] = [{ id: server.id, type: 'server' }];
    // Power-off is always done: after a start that failed half-way the machine may run although the server is off.
    const nothingToDo =
      (kind === 'power-on' && server.status === 'running') ||
      (kind === 'shutdown' && server.status === 'off');
    if (nothingToDo) {
      const done = instantAction(call.state, command, resources, call.now);
      return { status: 201, body: { action: view(call, done) } };
    }
    const action = startAction(call.state, command, resources, call.now);
    return {
      status: 201,
      body: { action: view(call, action) },
      jobs: [job(action, { kind, server: server.id })],
    };
  });
}
