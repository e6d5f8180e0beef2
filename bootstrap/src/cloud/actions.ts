import { NotYet, waitFor } from '../frame/wait.ts';
import { CloudError, hasCode } from './errors.ts';
import { bodyOf, type Hcloud, type Schemas } from './hcloud.ts';

type Action = Schemas['action'];

/** How many actions one request asks after. */
const PER_REQUEST = 25;

/** An action of the provider took minutes at worst; a server's creation has been seen to take ten. */
export const ACTION_DEADLINE = 15 * 60_000;

/**
 * Waits until all actions have ended, asking after many at once, with growing pauses.
 * @throws CloudError when one fails, DeadlineError naming those that are still running
 */
export async function waitForActions(
  hcloud: Hcloud,
  actions: readonly Action[],
  about: string,
): Promise<void> {
  let running = unfinished(actions, about);
  if (running.length === 0) return;
  await waitFor({
    what: `Hetzner to finish: ${about}`,
    deadline: ACTION_DEADLINE,
    advice:
      'See the Hetzner console, and https://status.hetzner.com for disturbances. Then run the same command again: it continues.',
    clock: hcloud.clock,
    signal: hcloud.signal,
    isFinal: (error) => !(error instanceof NotYet) && !hasCode(error, 'no_answer'),
    look: async () => {
      running = unfinished(await actionsNow(hcloud, running), about);
      if (running.length === 0) return true;
      throw new NotYet(
        running.map(({ command, id, progress }) => `${command} (action ${id}) at ${progress} %`).join(', '),
      );
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
    throw new Error(
      `Hetzner no longer knows action ${missing.map(({ id }) => id).join(', ')}; run the same command again`,
    );
  }
  return found;
}

/** @throws CloudError for the first that failed */
function unfinished(actions: readonly Action[], about: string): Action[] {
  const failed = actions.find(({ status }) => status === 'error');
  if (failed) {
    const { command, error } = failed;
    const { code: given, message } = error ?? { code: 'unknown', message: 'no reason given' };
    throw new CloudError({ code: 'action_failed', command, given, message, about });
  }
  return actions.filter(({ status }) => status === 'running');
}
