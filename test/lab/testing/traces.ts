import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { labProcesses } from '../core/cgroups.ts';
import { isOurs, LAB } from '../core/name.ts';
import { disksDir, runDir } from '../core/paths.ts';
import { identify, must, type ProcessId } from '../core/process.ts';

/** Every process of the running lab, with its start time: hosts, pods, services. */
export function processesOfLab(): ProcessId[] {
  return labProcesses()
    .map(identify)
    .filter((identity) => identity !== undefined);
}

/** Names that only the lab gives to links of this machine; other work on it may make its own meanwhile. */
const LINKS = new RegExp(`^(${LAB}|[hpc]-|cni0|flannel)`);

/** What a lab could leave on this machine, seen without its own records: mounts, network namespaces, links. */
export async function traces(): Promise<string[]> {
  const folders = [runDir(), disksDir()];
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => folders.some((folder) => line.includes(folder)) || line.includes(`/netns/${LAB}`));
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  const links = JSON.parse(await must(['ip', '-j', 'link'])) as { ifname: string }[];
  return [
    ...mounts.map((line) => `mount ${line}`),
    ...namespaces.filter((name) => isOurs(name)).map((name) => `namespace ${name}`),
    ...links.filter(({ ifname }) => LINKS.test(ifname)).map(({ ifname }) => `link ${ifname}`),
  ];
}
