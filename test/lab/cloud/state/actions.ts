import { type ActionRecord, type CloudState, type ResourceRef, takeId } from './model.ts';

/** Starts an action: it is `running` until the job runner or a fault settles it. */
export function startAction(
  state: CloudState,
  command: string,
  resources: ResourceRef[],
  now: Date,
): ActionRecord {
  const action: ActionRecord = {
    id: takeId(state),
    command,
    status: 'running',
    started: now.toISOString(),
    finished: null,
    resources,
    error: null,
  };
  state.actions.push(action);
  return action;
}

/** An action that is finished as soon as it is asked for (settings that the provider changes at once). */
export function instantAction(
  state: CloudState,
  command: string,
  resources: ResourceRef[],
  now: Date,
): ActionRecord {
  const action = startAction(state, command, resources, now);
  settleAction(action, null, now);
  return action;
}

/** Ends an action: success without an error, otherwise `error`. An action that has ended stays as it is. */
export function settleAction(action: ActionRecord, error: ActionRecord['error'], now: Date): void {
  if (action.status !== 'running') return;
  action.status = error ? 'error' : 'success';
  action.error = error;
  action.finished = now.toISOString();
}

/** Whether an action on this resource is still running; the provider answers 423 `locked` meanwhile. */
export function isBusy(state: CloudState, type: ResourceRef['type'], id: number): boolean {
  return state.actions.some(
    (action) =>
      action.status === 'running' &&
      action.resources.some((resource) => resource.type === type && resource.id === id),
  );
}

/**
 * An action as the API shows it. Progress is simulated from its age.
 * @param durationMs how long an action takes at least, in milliseconds
 */
export function viewAction(action: ActionRecord, now: Date, durationMs: number) {
  const age = now.getTime() - Date.parse(action.started);
  const progress = action.status === 'running' ? Math.min(95, Math.floor((age / durationMs) * 100)) : 100;
  return {
    id: action.id,
    command: action.command,
    status: action.status,
    progress: Math.max(0, progress),
    started: action.started,
    finished: action.finished,
    resources: action.resources,
    error: action.error,
  };
}
