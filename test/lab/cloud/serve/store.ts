import type { CloudState } from '../state/model.ts';

/** Holds the current state. Changes go through `update`, on a draft that replaces the state only when nothing failed. */
export interface Store {
  readonly current: CloudState;
  update<T>(change: (draft: CloudState) => T): T;
}

/** A store that begins with this state. */
export function createStore(initial: CloudState): Store {
  let current = initial;
  return {
    get current() {
      return current;
    },
    update: (change) => {
      const draft = structuredClone(current);
      const result = change(draft);
      current = draft;
      return result;
    },
  };
}
