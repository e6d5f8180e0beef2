import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDir } from './paths.ts';

/**
 * Kernel settings that hardening and Kubernetes change and that the kernel has only once for all hosts and for this
 * machine. Everything below net/ that matters is per network namespace and goes with the host.
 */
const SHARED_SETTINGS = [
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'vm/swappiness', 'vm/max_map_count', 'vm/mmap_min_addr'],
  ...[
    'kernel/panic',
    'kernel/panic_on_oops',
    'kernel/kptr_restrict',
    'kernel/dmesg_restrict',
    'kernel/sysrq',
  ],
  ...[
    'kernel/randomize_va_space',
    'kernel/perf_event_paranoid',
    'kernel/yama/ptrace_scope',
    'kernel/pid_max',
  ],
  ...['kernel/keys/root_maxkeys', 'kernel/keys/root_maxbytes', 'kernel/core_pattern', 'kernel/core_uses_pid'],
  ...['fs/file-max', 'fs/inotify/max_user_instances', 'fs/inotify/max_user_watches', 'fs/suid_dumpable'],
  ...['fs/protected_hardlinks', 'fs/protected_symlinks', 'fs/protected_fifos', 'fs/protected_regular'],
] as const;

function read(setting: string): string | undefined {
  try {
    return readFileSync(join('/proc/sys', setting), 'utf8').trim();
  } catch {
    return undefined; // this kernel has no such setting
  }
}

const RECORD = 'kernel-settings.json';

function recordPath(): string {
  return join(runDir(), RECORD);
}

/** What other labs of this machine wrote down. */
function otherRecords(): string[] {
  return readdirSync('/run')
    .filter((name) => name.startsWith('honeydue-lab-') && join('/run', name) !== runDir())
    .map((name) => join('/run', name, RECORD))
    .filter((path) => existsSync(path));
}

/**
 * Writes down this machine's values before a host can change them. The hosts of another lab may have: what it wrote down
 * is taken over, so that the last lab to end still has the machine's own values.
 */
export function recordKernelSettings(others: readonly string[] = otherRecords()): void {
  const [other] = others;
  if (other !== undefined) {
    copyFileSync(other, recordPath());
    return;
  }
  const values = SHARED_SETTINGS.map((setting) => [setting, read(setting)] as const);
  writeFileSync(recordPath(), JSON.stringify(Object.fromEntries(values)));
}

/**
 * A host with its pods watches files through some 30 instances of inotify, and the kernel's default of 128 is for all
 * hosts of all labs together. When there are none left, systemd starts half of its units and boot hangs.
 */
const INOTIFY_INSTANCES = 8192;

/** Makes room for the hosts' file watchers; `restoreKernelSettings` takes it back. */
export function raiseKernelLimits(): void {
  const setting = 'fs/inotify/max_user_instances';
  if (Number(read(setting)) < INOTIFY_INSTANCES)
    writeFileSync(join('/proc/sys', setting), String(INOTIFY_INSTANCES));
}

/**
 * Gives this machine its own values back; nothing happens when none were recorded, or while another lab runs, whose
 * kubelets count on them.
 */
export function restoreKernelSettings(): void {
  if (!existsSync(recordPath()) || otherRecords().length > 0) return;
  const values = JSON.parse(readFileSync(recordPath(), 'utf8')) as Record<string, string>;
  for (const [setting, value] of Object.entries(values)) {
    if (read(setting) === value) continue;
    try {
      writeFileSync(join('/proc/sys', setting), value);
    } catch {
      // some can only be tightened (kptr_restrict by a locked-down kernel): the lab ends all the same
    }
  }
}
