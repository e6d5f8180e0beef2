import { NotYet, waitFor } from '../frame/wait.ts';
import { CloudError, hasCode } from './errors.ts';
import { bodyOf, type Hcloud, type Schemas } from './hcloud.ts';

type Action = Schemas['action'];

/** How many actions one request asks after. */
const PER_REQUEST = 25;

/** An action of the provider took minutes at worst; a server's creation has been seen to take ten. */
export const ACTION_DEADLINE = 15 * 60_000;

/** A request that was taken, in words, and the actions that carry it out. */
export interface Started {
  readonly about: string;
  readonly actions: readonly Action[];
}

/**
 * Waits until all actions have ended, asking after many at once, with growing pauses.
 * @throws CloudError when one fails, DeadlineError naming those that are still running
 */
export async function waitForActions(hcloud: Hcloud, started: readonly Started[]): Promise<void> {
  const about = new Map(started.flatMap((one) => one.actions.map(({ id }) => [id, one.about])));
  let running = unfinished(
    started.flatMap(({ actions }) => actions),
    about,
  );
  if (running.length === 0) return;
  await waitFor({
    what: `Hetzner to ${started.map((one) => one.about).join(', ')}`,
    deadline: ACTION_DEADLINE,
    advice:
      'See the Hetzner console, and https://status.hetzner.com for disturbances. Then run the same command again: it continues.',
    clock: hcloud.clock,
    signal: hcloud.signal,
    isFinal: (error) => !(error instanceof NotYet) && !hasCode(error, 'no_answer'),
    look: async () => {
      running = unfinished(await actionsNow(hcloud, running), about);
      if (running.length === 0) return true;
      const lines = running.map(
        ({ command, id, progress }) => `${about.get(id)}: ${command} (action ${id}) at ${progress} %`,
      );
      throw new NotYet(lines.join('; '));
    },
  });
}

async function actionsNow({ api }: Hcloud, actions: readonly Action[]): Promise<Action[]> {
  const found: Action[] = [];
  for (let start = 0; start < actions.length; start += PER_REQUEST) {
    const id = actions.slice(start, start + PER_REQUEST).map((action) => action.id);
    found.push(...(await bodyOf(api.GET('/actions', { params: { query: { id } } }))).actions);
  }
  const missing = actions.filter(({ id }) => !found.some((action) => action.id === id));
  if (missing.length > 0) {
    const ids = missing.map(({ id }) => id).join(', ');
    throw new Error(`Hetzner no longer knows action ${ids}. Run the same command again.`);
  }
  return found;
}

/** @throws CloudError for the first that failed */
function unfinished(actions: readonly Action[], about: ReadonlyMap<number, string>): Action[] {
  const failed = actions.find(({ status }) => status === 'error');
  if (failed) {
    const { id, command, error } = failed;
    const { code: given, message } = error ?? { code: 'unknown', message: 'no reason given' };
    throw new CloudError({
      code: 'action_failed',
      command,
      given,
      message,
      about: about.get(id) ?? `action ${id}`,
    });
  }
  return actions.filter(({ status }) => status === 'running');
}
