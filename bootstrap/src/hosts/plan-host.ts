import { loginUser } from '../../../config/hosts/login.ts';
import { hostPackages, hostServices, hostTimers } from '../../../config/hosts/packages.ts';
import { sshdFile } from '../../../config/hosts/sshd.ts';
import { sysctlFile, sysctls } from '../../../config/hosts/sysctl.ts';
import type { Cluster } from '../../../config/schema.ts';
import type { Plan } from '../frame/step.ts';
import { planProof, revertTimer } from '../host/armed.ts';
import { type HostChange, planFile } from '../host/change.ts';
import type { HostFacts, HostQuery } from '../host/facts.ts';
import type { SeenHost } from '../host/fleet.ts';
import { runTask } from '../host/task.ts';
import { AUTHORIZED_KEYS, type Operators, planAccount } from './authorized-keys.ts';
import { SSHD, sshdDeviations, sshdTest } from './sshd.ts';
import { FSTAB, planSwap } from './swap.ts';
import { filesOfHosts } from './wanted.ts';

/** What has to be known of the hosts to plan this step. */
export function queryOfHosts(cluster: Cluster): Partial<HostQuery> {
  const [first] = cluster.nodes;
  const paths = first === undefined ? [] : filesOfHosts(cluster, first).map(({ path }) => path);
  return {
    users: [loginUser],
    files: [...paths, AUTHORIZED_KEYS, FSTAB],
    sysctls: Object.keys(sysctls),
    units: [...hostServices, ...hostTimers, revertTimer(SSHD)],
    packages: hostPackages,
    commands: { sshd: sshdTest },
  };
}

/** What is to be done on one host. */
export function planHost(
  cluster: Cluster,
  operators: Operators,
  { node, facts }: SeenHost,
): Plan<HostChange> {
  const where = node.alias;
  const account = planAccount(where, operators, facts);
  const files = filesOfHosts(cluster, node).flatMap((file) => planFile(where, file, facts));
  const isSshd = ({ what }: HostChange) => what === `file ${sshdFile.path}`;
  return {
    changes: [
      ...planPackages(where, facts),
      ...account.changes,
      ...files.filter((change) => !isSshd(change)),
      ...planSysctls(where, facts),
      ...planUnits(where, facts),
      ...planSwap(where, facts),
      // Last: from then on only the new account gets in.
      ...planProof(where, SSHD, facts),
      ...files.filter(isSshd),
    ],
    problems: [
      ...account.problems,
      ...routeProblems(where, facts),
      ...(files.some(isSshd) ? [] : sshdDeviations(where, facts)),
    ],
    notes: [...account.notes, ...remarks(where, facts)],
  };
}

/** Milliseconds. Slow mirrors are slow. */
const APT_DEADLINE = 10 * 60_000;

function planPackages(where: string, facts: HostFacts): HostChange[] {
  const missing = hostPackages.filter((name) => !facts.packages[name]);
  if (missing.length === 0) return [];
  const apt = (...words: string[]) =>
    runTask(['apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=300', ...words], {
      env: { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' },
      deadline: APT_DEADLINE,
    });
  return [
    {
      action: 'create',
      where,
      what: 'packages',
      detail: missing.join(', '),
      tasks: [apt('update'), apt('install', '--no-install-recommends', ...missing)],
      activate: [],
    },
  ];
}

/** A value that differs from its file, as after a change by hand. */
function planSysctls(where: string, facts: HostFacts): HostChange[] {
  const wrong = Object.entries(sysctls).filter(([key, value]) => facts.sysctls[key] !== String(value));
  if (wrong.length === 0) return [];
  return [
    {
      action: 'change',
      where,
      what: 'sysctl',
      detail: wrong.map(([key, value]) => `${key} ${facts.sysctls[key]} becomes ${value}`).join(', '),
      tasks: [],
      activate: (sysctlFile.activate ?? []).map((words) => runTask(words)),
    },
  ];
}

function planUnits(where: string, facts: HostFacts): HostChange[] {
  return [...hostServices, ...hostTimers]
    .filter((unit) => facts.units[unit]?.active !== 'active' || facts.units[unit]?.enabled !== 'enabled')
    .map((unit) => ({
      action: 'start',
      where,
      what: unit,
      tasks: [],
      activate: [runTask(['systemctl', 'enable', '--now', unit])],
    }));
}

/** The provider has changed its DHCP before, and hosts lost their way out. */
function routeProblems(where: string, facts: HostFacts): string[] {
  if (facts.defaultRoutes.includes('ipv4')) return [];
  return [
    `${where} has no default route by IPv4: it cannot fetch packages or images. See ip route and the network configuration on it.`,
  ];
}

function remarks(where: string, { rebootRequired, clockSynchronized }: HostFacts): string[] {
  return [
    ...(rebootRequired
      ? [`${where} asks for a reboot, after an upgrade. Drain it first, one host at a time.`]
      : []),
    ...(clockSynchronized
      ? []
      : [`${where}: the clock is not synchronised yet. etcd and TLS need the right time.`]),
  ];
}
