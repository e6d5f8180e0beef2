import type { Run, Step } from '../frame/step.ts';
import { makeArmed } from '../host/armed.ts';
import { type HostChange, tasksOf } from '../host/change.ts';
import { type Fleet, lookAtAll, type SeenHost } from '../host/fleet.ts';
import { firewallQuery, planFirewall, UFW_FILES } from './plan-host.ts';

/** The step `firewall`: UFW on every host, as dist/hosts/ shows it. Only rules that bear our mark are touched. */
export function firewallStep(fleet: Fleet): Step<readonly SeenHost[], HostChange> {
  return {
    name: 'firewall',
    title: 'firewall on the hosts',
    observe: () => lookAtAll(fleet, firewallQuery),
    plan: (seen) => {
      const plans = seen.map((host) => planFirewall(fleet.cluster(), host));
      return {
        changes: plans.flatMap(({ changes }) => changes),
        problems: plans.flatMap(({ problems }) => problems),
        notes: plans.flatMap(({ notes }) => notes),
      };
    },
    apply: (changes, _, run) => apply(fleet, changes, run),
  };
}

/** One host after the other: a mistake is then made on one of them only. */
async function apply(fleet: Fleet, changes: readonly HostChange[], run: Run): Promise<void> {
  for (const node of fleet.cluster().nodes) {
    const own = changes.filter(({ where }) => where === node.alias);
    if (own.length === 0) continue;
    run.signal.throwIfAborted();
    run.say(`${node.alias}: ${own.map(({ what }) => what).join(', ')}`);
    await makeArmed(
      fleet.host(node),
      {
        name: 'ufw',
        tasks: tasksOf(own),
        files: UFW_FILES,
        // ufw.conf is among the files: it says whether the firewall was on.
        thenRevert: `if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then ufw reload; else ufw --force disable; fi`,
      },
      run,
    );
  }
}
