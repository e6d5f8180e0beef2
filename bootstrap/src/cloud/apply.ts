import type { Run } from '../frame/step.ts';
import { NotYet, waitFor } from '../frame/wait.ts';
import { ACTION_DEADLINE, type Started, waitForActions } from './actions.ts';
import type { CloudChange, CloudTask } from './change.ts';
import { CloudError } from './errors.ts';
import type { Hcloud } from './hcloud.ts';
import { findServer, type ObservedProject, observeProject, observeServers } from './observed.ts';
import { perform } from './perform.ts';
import type { WantedCloud } from './wanted.ts';

/** What is done together; the next phase needs the one before. */
const PHASES: readonly (readonly CloudTask['kind'][])[] = [
  ['label', 'create-ssh-key', 'create-network', 'create-placement-group', 'create-firewall'],
  ['add-subnet', 'set-firewall-rules'],
  ['create-server'],
  ['attach-server', 'apply-firewall'],
  ['power-on'],
];

/** Makes what was planned, and waits until the servers run. @throws CloudError, DeadlineError */
export async function applyCloud(
  hcloud: Hcloud,
  wanted: WantedCloud,
  changes: readonly CloudChange[],
  observed: ObservedProject,
  run: Run,
): Promise<void> {
  await makeChanges(hcloud, wanted, changes, observed, run);
  run.say('waiting for the servers to run');
  await waitUntilRunning(hcloud, wanted);
}

/** Makes what was planned, and waits until the provider has done it. @throws CloudError, DeadlineError */
export async function makeChanges(
  hcloud: Hcloud,
  wanted: WantedCloud,
  changes: readonly CloudChange[],
  observed: ObservedProject,
  run: Run,
): Promise<void> {
  const phases = PHASES.map((kinds) => changes.filter(({ task }) => kinds.includes(task.kind)));
  let now: ObservedProject | undefined = observed;
  for (const due of phases.filter(({ length }) => length > 0)) {
    // A phase refers to what the one before has made, and finds it as a later run would.
    if (now === undefined) now = await observeProject(hcloud);
    await together(hcloud, due, await unlocked(hcloud, wanted, now), wanted, run);
    now = undefined;
  }
}

/** Requests go one by one, as many at once have cost accounts their access; the work behind them is waited for together. */
async function together(
  hcloud: Hcloud,
  due: readonly CloudChange[],
  observed: ObservedProject,
  wanted: WantedCloud,
  { say, signal }: Run,
): Promise<void> {
  const started: Started[] = [];
  for (const { action, what, detail, task } of due) {
    signal.throwIfAborted();
    const about = [action, what, detail].filter(Boolean).join(' ');
    say(about);
    started.push({ about, actions: await perform(hcloud, observed, wanted, task) });
  }
  await waitForActions(hcloud, started);
}

/** A server whose creation was cut off, or whose answer was lost, may still be at work: it refuses changes until then. */
async function unlocked(
  hcloud: Hcloud,
  wanted: WantedCloud,
  observed: ObservedProject,
): Promise<ObservedProject> {
  const busy = (servers: ObservedProject['servers']) =>
    wanted.servers.filter((node) => findServer({ servers }, node)?.locked).map(({ name }) => name);
  if (busy(observed.servers).length === 0) return observed;
  await waitFor({
    what: 'the servers to finish what they do',
    deadline: ACTION_DEADLINE,
    advice: 'See the servers in the Hetzner console. Then run the same command again.',
    clock: hcloud.clock,
    signal: hcloud.signal,
    isFinal: isRefusal,
    look: async () => {
      const names = busy(await observeServers(hcloud));
      if (names.length === 0) return true;
      throw new NotYet(`an action runs on ${names.join(', ')}`);
    },
  });
  return observeProject(hcloud);
}

/** Longer than any boot seen. */
const START_DEADLINE = 5 * 60_000;

async function waitUntilRunning(hcloud: Hcloud, wanted: WantedCloud): Promise<void> {
  await waitFor({
    what: 'the servers to run',
    deadline: START_DEADLINE,
    advice: 'See them in the Hetzner console, also by their own console. Then run the same command again.',
    clock: hcloud.clock,
    signal: hcloud.signal,
    isFinal: isRefusal,
    look: async () => {
      const servers = await observeServers(hcloud);
      const states = wanted.servers.map((node) => ({
        node,
        status: findServer({ servers }, node)?.status ?? 'not there',
      }));
      const others = states.filter(({ status }) => status !== 'running');
      if (others.length === 0) return true;
      throw new NotYet(others.map(({ node, status }) => `${node.name} is ${status}`).join(', '));
    },
  });
}

const isRefusal = (error: unknown) => error instanceof CloudError && error.code !== 'no_answer';
