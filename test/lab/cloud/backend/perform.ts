import type { Effect } from '../state/jobs.ts';
import type { ServerBackend } from './backend.ts';

/** Does a job's work on the machine. Rejects with the backend's error. */
export async function perform(backend: ServerBackend, effect: Effect): Promise<void> {
  switch (effect.kind) {
    case 'none':
      return;
    case 'create':
      return backend.create(effect.spec);
    case 'power-on':
      return backend.powerOn(effect.server);
    case 'power-off':
      return backend.powerOff(effect.server);
    case 'shutdown':
      return backend.shutdown(effect.server);
    case 'reboot':
      return backend.reboot(effect.server);
    case 'reset':
      await backend.powerOff(effect.server);
      return backend.powerOn(effect.server);
    case 'attach-network':
      return backend.attachNetwork(effect.server, effect.network);
    case 'detach-network':
      return backend.detachNetwork(effect.server, effect.network);
    case 'destroy':
      return backend.destroy(effect.server);
  }
}
