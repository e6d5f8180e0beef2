import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../core/errors.ts';
import { run } from '../core/process.ts';

/** Programs the lab calls on the machine it runs on, and the Debian package each is in. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  bash: 'bash',
  mmdebstrap: 'mmdebstrap',
  'systemd-nspawn': 'systemd-container',
  'apt-ftparchive': 'apt-utils',
  ip: 'iproute2',
  nft: 'nftables',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  sysctl: 'procps',
  dnsmasq: 'dnsmasq-base',
  busybox: 'busybox',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  curl: 'curl',
  ping: 'iputils-ping',
  git: 'git',
};

export interface Missing {
  /** What is missing, for people. */
  readonly what: string;
  /** Debian package that brings it; absent when no package can. */
  readonly debianPackage?: string;
}

function onPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Kernel features, tried in a network namespace that vanishes with the command. */
async function missingKernelFeatures(): Promise<Missing[]> {
  const missing: Missing[] = [];
  for (const [kind, options] of [
    ['bridge', ''],
    ['veth', ''],
    ['vxlan', 'id 1 dstport 8472'],
  ]) {
    const { exitCode, stderr } = await run(
      ['unshare', '--net', 'sh', '-c', `ip link add probe0 type ${kind} ${options}`],
      { timeoutMs: 10_000 },
    );
    if (exitCode !== 0) missing.push({ what: `kernel: ${kind} links (${stderr.trim()})` });
  }
  if (!readFileSync('/proc/filesystems', 'utf8').includes('overlay')) {
    const { exitCode } = await run(['modprobe', 'overlay'], { timeoutMs: 10_000 });
    if (exitCode !== 0) missing.push({ what: 'kernel: overlay file system' });
  }
  if (!existsSync('/sys/fs/cgroup')) missing.push({ what: 'kernel: control groups at /sys/fs/cgroup' });
  return missing;
}

/** Everything the lab needs and this machine lacks; empty when it can run. Changes nothing. */
export async function missingRequirements(): Promise<Missing[]> {
  if (platform() !== 'linux') {
    return [
      { what: `Linux (this is ${platform()}): use a Linux machine or a virtual machine, 2 cores and 8 GB` },
    ];
  }
  const missing: Missing[] = [];
  const root = process.getuid?.() === 0;
  if (!root) missing.push({ what: 'root: hosts and network namespaces need it (run with sudo -E)' });
  for (const [program, debianPackage] of Object.entries(PROGRAMS)) {
    if (!onPath(program)) missing.push({ what: `program ${program}`, debianPackage });
  }
  const canProbe = root && !missing.some(({ what }) => what === 'program ip' || what === 'program unshare');
  return canProbe ? [...missing, ...(await missingKernelFeatures())] : missing;
}

/** One line for each missing thing. */
export function describeMissing(missing: readonly Missing[]): string {
  return missing
    .map(
      ({ what, debianPackage }) =>
        `  - ${what}${debianPackage === undefined ? '' : ` (Debian package ${debianPackage})`}`,
    )
    .join('\n');
}

/** @throws LabError with the list of what is missing */
export async function requireMachine(): Promise<void> {
  const missing = await missingRequirements();
  if (missing.length === 0) return;
  const installable = missing.every(({ debianPackage }) => debianPackage !== undefined);
  throw new LabError(
    'lab: this machine cannot run it; missing',
    `\n${describeMissing(missing)}`,
    installable
      ? 'run test/lab/setup as root'
      : 'provide what the list names, then run test/lab/setup as root',
  );
}
