import type { FaultRegistry } from '../faults/registry.ts';
import type { ControlCommand, RequestLogEntry } from './control.ts';
import type { Pipeline } from './pipeline.ts';
import type { JobRunner } from './runner.ts';
import type { Store } from './store.ts';

export interface ControlledParts {
  store: Store;
  faults: FaultRegistry;
  pipeline: Pipeline;
  runner: JobRunner;
  requests: readonly RequestLogEntry[];
  violations: readonly string[];
}

/** Carries out one control command. @returns what the command asks for, or null */
export function execute(parts: ControlledParts, command: ControlCommand): unknown {
  const { store, faults, pipeline, runner } = parts;
  switch (command.do) {
    case 'add-fault':
      return faults.add(command.fault);
    case 'remove-fault':
      faults.remove(command.id);
      return null;
    case 'clear-faults':
      faults.clear();
      return null;
    case 'list-faults':
      return faults.list();
    case 'set-rate-remaining':
      pipeline.setRemaining(command.remaining);
      return null;
    case 'set-availability': {
      const pair = `${command.serverType}/${command.location}`;
      store.update((draft) => {
        draft.soldOut = draft.soldOut.filter((entry) => entry !== pair);
        if (!command.available) draft.soldOut.push(pair);
      });
      return null;
    }
    case 'resume-action':
      return runner.resume(command.id);
    case 'fail-action':
      return runner.abandon(command.id, command.error);
    case 'read-state':
      return structuredClone(store.current);
    case 'read-requests':
      return [...parts.requests];
    case 'read-violations':
      return [...parts.violations];
  }
}
