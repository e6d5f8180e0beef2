import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { LAB } from './name.ts';
import { identify, signal } from './process.ts';
import { waitFor } from './wait.ts';

const TOP = '/sys/fs/cgroup';
const NAME = `honeydue-lab-${LAB}`;

/** The lab's control group in every hierarchy of this machine (several with version 1, one with version 2). */
function roots(): string[] {
  if (!existsSync(TOP)) return [];
  const hierarchies = [TOP, ...readdirSync(TOP).map((controller) => join(TOP, controller))];
  return hierarchies.map((hierarchy) => join(hierarchy, NAME)).filter((path) => existsSync(path));
}

/** The lab's group in the hierarchy of a controller; there is one hierarchy for all with version 2. */
export function groupNamed(controller: string): string {
  const version1 = join(TOP, controller);
  return join(existsSync(version1) ? version1 : TOP, NAME);
}

/** A group and all below it, deepest first. */
function tree(group: string): string[] {
  try {
    const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...below.flatMap((entry) => tree(join(group, entry.name))), group];
  } catch {
    return []; // it vanished meanwhile
  }
}

/** Ids of the processes in some groups and below them. */
function processesIn(groups: readonly string[]): number[] {
  const ids = new Set<number>();
  for (const group of groups.flatMap(tree)) {
    try {
      for (const line of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n')) {
        if (line !== '' && line !== '0') ids.add(Number(line));
      }
    } catch {
      // it vanished meanwhile
    }
  }
  return [...ids].filter((pid) => identify(pid) !== undefined);
}

/** Ids of all processes that the lab started and that still run, whatever became of their parents. */
export function labProcesses(): number[] {
  return processesIn(roots());
}

/** Kills again and again what is in some groups, as processes may be started meanwhile, until nothing is. */
function killAll(what: string, groups: () => readonly string[]): Promise<boolean> {
  const ended = (): boolean => {
    const alive = processesIn(groups()).map(identify);
    for (const target of alive) if (target !== undefined) signal(target, 'SIGKILL');
    return alive.length === 0;
  };
  return waitFor(`${what} to end`, ended, { timeoutMs: 30_000, intervalMs: 50 });
}

/** Kills every process in one of the lab's control groups, by the group's name. @throws LabError when one does not end */
export async function endGroup(name: string): Promise<void> {
  await killAll(`the processes of ${name}`, () => roots().map((root) => join(root, name)));
}

/** Kills every process in the lab's control groups and removes the groups. @throws LabError when one does not end */
export async function endLabProcesses(): Promise<void> {
  await killAll("the lab's processes", roots);
  await waitFor("the lab's control groups to go", removeGroups, { timeoutMs: 10_000, intervalMs: 50 });
}

function removeGroups(): boolean {
  for (const group of roots().flatMap(tree)) {
    try {
      rmdirSync(group);
    } catch {
      // still being emptied by the kernel: seen again at the next look
    }
  }
  return roots().length === 0;
}
