import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { destroyNetwork } from '../network/network.ts';
import { endLabProcesses, labProcesses } from './cgroups.ts';
import { restoreKernelSettings } from './kernel-settings.ts';
import { isOurs, LAB } from './name.ts';
import { disksDir, runDir } from './paths.ts';
import { must } from './process.ts';

/** Mount points in this mount namespace below the lab's folders, deepest first. */
export function labMounts(): string[] {
  const folders = [runDir(), disksDir()].map((folder) => `${folder}/`);
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
    .filter((path) => folders.some((folder) => path.startsWith(folder)))
    .sort((a, b) => b.length - a.length);
}

/** /run/netns is made a mount point by the first `ip netns add`; it goes when nobody else's namespace is there. */
async function unmountEmptyNetns(): Promise<void> {
  const folder = '/run/netns';
  if (!existsSync(folder) || readdirSync(folder).length > 0) return;
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${folder} `);
  if (mounted) await must(['umount', folder]);
  rmdirSync(folder);
}

/** Folders nspawn leaves in the machine's /run for hosts that were killed. */
function removeNspawnFolders(aliases: readonly string[]): void {
  for (const alias of aliases) {
    const folder = `/run/systemd/nspawn/propagate/${LAB}-${alias}`;
    if (existsSync(folder)) rmdirSync(folder);
  }
}

/**
 * Removes everything a lab left: processes, mounts, namespaces, control groups, state, disks, changed kernel
 * settings. Needs no record of what was started, so it also works after a crash. Collected logs are not touched.
 * @throws LabError naming what would not go
 */
export async function sweep(): Promise<void> {
  await endLabProcesses();
  for (const mount of labMounts()) await must(['umount', mount]);
  await destroyNetwork();
  await unmountEmptyNetns();
  const disks = disksDir();
  removeNspawnFolders(existsSync(disks) ? readdirSync(disks) : []);
  rmSync(disks, { recursive: true, force: true });
  restoreKernelSettings();
  rmSync(runDir(), { recursive: true, force: true });
}

/** What of a lab is on this machine, for people and for the test that nothing is left. */
export function remains(): string[] {
  return [
    ...labProcesses().map((pid) => `process ${pid}`),
    ...labMounts().map((path) => `mount ${path}`),
    ...(existsSync('/run/netns') ? readdirSync('/run/netns') : [])
      .filter(isOurs)
      .map((name) => `network namespace ${name}`),
    ...[runDir(), disksDir()].filter((path) => existsSync(path)).map((path) => `folder ${path}`),
  ];
}
