import { sshdFile } from '../../../config/hosts/sshd.ts';
import type { Node } from '../../../config/schema.ts';
import type { Run, Step } from '../frame/step.ts';
import { makeArmed } from '../host/armed.ts';
import { type HostChange, tasksOf } from '../host/change.ts';
import { type HostFacts, lookAt } from '../host/facts.ts';
import type { Fleet, SeenHost } from '../host/fleet.ts';
import type { Host } from '../host/host.ts';
import { carryOut, runTask } from '../host/task.ts';
import type { Operators } from './authorized-keys.ts';
import { planHost, queryOfHosts } from './plan-host.ts';
import { SSHD } from './sshd.ts';

/**
 * The step `hosts`: packages, the account that logs in, sshd, kernel settings, time, updates, logs and bans, as
 * dist/hosts/ shows them.
 * @param ownKey the public key of whoever provisions
 * @param look how a host is looked at, with all that `queryOfHosts` asks
 */
export function hostsStep(
  fleet: Fleet,
  ownKey: () => string,
  look = (node: Node): Promise<HostFacts> => lookAt(fleet.host(node), queryOfHosts(fleet.cluster())),
): Step<readonly SeenHost[], HostChange> {
  return {
    name: 'hosts',
    title: 'hosts hardened',
    observe: () =>
      Promise.all(fleet.cluster().nodes.map(async (node) => ({ node, facts: await look(node) }))),
    plan: (seen) => {
      const cluster = fleet.cluster();
      const operators: Operators = { own: ownKey(), listed: cluster.operators };
      const plans = seen.map((host) => planHost(cluster, operators, host));
      return {
        changes: plans.flatMap(({ changes }) => changes),
        problems: plans.flatMap(({ problems }) => problems),
        notes: plans.flatMap(({ notes }) => notes),
      };
    },
    apply: async (changes, _, run) => {
      const work = fleet.cluster().nodes.map(async (node) => {
        const own = changes.filter(({ where }) => where === node.alias);
        if (own.length > 0) await applyOn(fleet.host(node), own, run);
      });
      await allOf(work);
    },
  };
}

async function applyOn(host: Host, changes: readonly HostChange[], run: Run): Promise<void> {
  const isSshd = ({ what }: HostChange) => [`file ${sshdFile.path}`, `proof of ${SSHD}`].includes(what);
  run.say(`${host.alias}: ${changes.length} changes`);
  await carryOut(host, tasksOf(changes.filter((change) => !isSshd(change))));
  const sshd = changes.filter(isSshd);
  if (sshd.length === 0) return;
  await makeArmed(
    host,
    {
      name: SSHD,
      tasks: [...tasksOf(sshd), runTask(['sshd', '-t']), runTask(RELOAD)],
      files: [sshdFile.path],
      thenRevert: RELOAD.join(' '),
    },
    run,
  );
  // Who came in as the image's user is shut out now, and goes on as our own.
  await host.forget();
}

/** By its Debian name; Ubuntu starts it by a socket, and it is not running between logins. */
const RELOAD = ['systemctl', 'try-reload-or-restart', 'ssh.service'] as const;

/** Waits for all, then throws the first error with what the others said. */
export async function allOf(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).filter((result) => result.status === 'rejected');
  const [first, ...others] = failed.map(({ reason }) => reason as Error);
  if (first === undefined) return;
  if (others.length === 0) throw first;
  throw new Error([first, ...others].map(({ message }) => message).join('\n'));
}
