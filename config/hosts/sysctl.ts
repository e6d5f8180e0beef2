import { ports } from '../ports.ts';
import { type HostFile, hostFile } from './host-file.ts';

/** Kernel settings. The first four are the kubelet's own, which exits when one differs (protect-kernel-defaults, K-2). */
export const sysctls = {
  'vm.panic_on_oom': 0,
  'vm.overcommit_memory': 1,
  'kernel.panic': 10,
  'kernel.panic_on_oops': 1,
  // Traefik binds its port as a user without capabilities (T-1). Not lower: 22 stays root's.
  'net.ipv4.ip_unprivileged_port_start': ports.http,
} as const;

const PATH = '/etc/sysctl.d/90-honeydue.conf';

export const sysctlFile: HostFile = hostFile(
  {
    path: PATH,
    activate: [['sysctl', '--quiet', '--load', PATH]],
    reason: 'the kubelet refuses to start without them, and Traefik binds its port without root',
  },
  Object.entries(sysctls)
    .map(([key, value]) => `${key} = ${value}`)
    .join('\n'),
);
