import type { Run } from '../frame/step.ts';
import { waitFor } from '../frame/wait.ts';
import type { HostChange } from './change.ts';
import type { HostFacts } from './facts.ts';
import type { Host } from './host.ts';
import { must } from './remote.ts';
import { carryOut, type HostTask, runTask, writeTask } from './task.ts';

/** A change that could lock us out. */
export interface ArmedChange {
  /** A word: sshd, ufw. */
  readonly name: string;
  readonly tasks: readonly HostTask[];
  /** Files that are put back as they were. */
  readonly files: readonly string[];
  /** A line of sh that makes the files that were put back take effect. */
  readonly thenRevert: string;
}

/** Seconds after which the host undoes the change, unless somebody has logged in anew meanwhile. */
const REVERT_AFTER = 90;

/** Milliseconds for that login; well before the host undoes the change. */
const LOGIN_DEADLINE = 45_000;

/**
 * Makes a change that the host takes back by itself unless we can log in afterwards, over a connection of its own. The
 * timer runs on the host, so it also ends well when this program, or the network, does not.
 * @throws TaskError, or DeadlineError when no login succeeded; the change is undone in both cases
 */
export async function makeArmed(host: Host, change: ArmedChange, run: Run): Promise<void> {
  const { name, tasks } = change;
  const unit = `honeydue-revert-${name}`;
  const script = `/run/${unit}.sh`;
  await carryOut(host, [
    // A timer of an earlier run that was cut off has fired, or is about to: wait for neither.
    runTask(['sh', '-c', `systemctl stop ${revertTimer(name)} ${unit}.service 2>/dev/null; true`]),
    ...keep(change),
    writeTask({ path: script, mode: '0700', owner: 'root:root', content: revertScript(change) }),
    runTask([
      'systemd-run',
      '--quiet',
      '--collect',
      `--unit=${unit}`,
      `--on-active=${REVERT_AFTER}s`,
      '--timer-property=AccuracySec=1s',
      script,
    ]),
  ]);
  try {
    await carryOut(host, tasks);
    run.say(`${host.alias}: proving that one can still log in`);
    await waitFor({
      what: `a new login on ${host.alias} after the change of ${name}`,
      deadline: LOGIN_DEADLINE,
      advice: `The change of ${name} on ${host.alias} has been undone. Its files and logs tell why: journalctl -u ssh, ufw status.`,
      look: async () => {
        await must(host.fresh, ['systemctl', 'stop', revertTimer(name)], { deadline: 15_000 });
        return true;
      },
      clock: run.clock,
    });
  } catch (error) {
    // At once where the old connection still holds; by the timer otherwise.
    await host.run(['sh', '-c', `${script} && systemctl stop ${revertTimer(name)}`]).catch(() => undefined);
    throw error;
  }
}

/** The timer of such a change, as systemd knows it. */
export const revertTimer = (name: string) => `honeydue-revert-${name}.timer`;

/**
 * A change of a run that was cut off before it had proved the login: all looks right, and is about to be undone. Made
 * again without a task, the proof is all that is left to do.
 */
export function planProof(where: string, name: string, facts: HostFacts): HostChange[] {
  if (facts.units[revertTimer(name)]?.active !== 'active') return [];
  const detail = 'an earlier run was cut off before it had proved that one can still log in';
  return [{ action: 'change', where, what: `proof of ${name}`, detail, tasks: [], activate: [] }];
}

const saved = ({ name }: ArmedChange) => `/var/lib/honeydue/revert-${name}`;

/** Copies of the files as they are, with mode and owner; a file that is not there is noted by its absence. */
function keep(change: ArmedChange): HostTask[] {
  const folder = saved(change);
  return [
    runTask(['rm', '-rf', folder]),
    { kind: 'folder', path: folder, mode: '0700', owner: 'root:root' },
    ...change.files.map((path, i) =>
      runTask(['sh', '-c', `if [ -e ${path} ]; then cp -a ${path} ${folder}/${i}; fi`]),
    ),
  ];
}

function revertScript(change: ArmedChange): string {
  const folder = saved(change);
  const files = change.files.map(
    (path, i) => `if [ -e ${folder}/${i} ]; then cp -a ${folder}/${i} ${path}; else rm -f ${path}; fi`,
  );
  return `#!/bin/sh\n${[...files, change.thenRevert].join('\n')}\n`;
}
