import type { Run } from '../frame/step.ts';
import { NotYet, waitFor } from '../frame/wait.ts';
import type { Host } from '../host/host.ts';
import { must, type Remote } from '../host/remote.ts';
import { type ClusterView, readClusterView, weakness } from './cluster-view.ts';
import { K3S_UNIT, k3sQuery } from './state.ts';

/** Milliseconds from the start of a server to its vote; a slow disk takes minutes. */
const DEADLINE = 6 * 60_000;

/** systemd has started it so often, and it ended each time. */
const MOST_RESTARTS = 4;

/** k3s on a host ends again and again. Says why, in its own words. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
}

/** The cluster as one server tells. @throws NotYet when its API does not answer */
export async function viewThrough(server: Remote): Promise<ClusterView> {
  const words = k3sQuery.commands?.cluster ?? [];
  const { exitCode, stdout, stderr } = await server.run(words, { deadline: 20_000 });
  if (exitCode === 0) return readClusterView(stdout);
  throw new NotYet(`the API of ${server.alias} does not answer: ${stderr.trim().split('\n').at(-1)}`);
}

/**
 * Waits until a server that has been started answers, and sees all servers ready and voting in etcd: the gate before the
 * next one may be touched. It is asked itself, as the others believe for a while that it is still what it was.
 * @param before microseconds after boot at which its unit was active the last time
 * @param names of all nodes that must be well, it among them
 * @throws ServerError when it fails; DeadlineError
 */
export async function waitForVoters(
  started: Host,
  before: number,
  names: readonly string[],
  run: Run,
): Promise<void> {
  run.say(`${started.alias}: waiting until it is ready and votes in etcd`);
  await waitFor({
    what: `${names.join(', ')} to be ready and to vote in etcd`,
    deadline: DEADLINE,
    advice: `See journalctl -u ${K3S_UNIT} on ${started.alias}. Then run the same command again: it goes on from here.`,
    clock: run.clock,
    signal: run.signal,
    isFinal: (error) => error instanceof ServerError,
    look: async () => {
      await expectStarted(started, before);
      const view = await viewThrough(started);
      const weak = names.flatMap((name) => weakness(view, name) ?? []);
      if (weak.length > 0) throw new NotYet(weak.join(', '));
      return true;
    },
  });
}

/** @throws NotYet while systemd still waits for k3s; ServerError when k3s ends again and again */
async function expectStarted(host: Host, before: number): Promise<void> {
  const properties = 'NRestarts,ActiveState,ActiveEnterTimestampMonotonic';
  const shown = await must(host, ['systemctl', 'show', `--property=${properties}`, K3S_UNIT]);
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(shown)?.[1] ?? '';
  if (Number(value('NRestarts')) >= MOST_RESTARTS || value('ActiveState') === 'failed') {
    throw new ServerError(`k3s on ${host.alias} does not stay up. It says:\n${await complaints(host)}`);
  }
  if (value('ActiveState') !== 'active' || Number(value('ActiveEnterTimestampMonotonic')) <= before) {
    throw new NotYet(`k3s on ${host.alias} is ${value('ActiveState')}`);
  }
}

/** The last lines of k3s' log that tell of a fault. */
async function complaints(host: Host): Promise<string> {
  const log = await must(host, [
    'journalctl',
    '--unit',
    K3S_UNIT,
    '--lines=200',
    '--output=cat',
    '--no-pager',
  ]);
  const lines = log.trim().split('\n');
  const faults = lines.filter((line) => /level=(fatal|error)|^[EF]\d{4} |fatal|panic/i.test(line));
  return (faults.length > 0 ? faults : lines).slice(-5).join('\n');
}
