import type { Cluster } from '../schema.ts';
import { type HostFile, hostFile } from './host-file.ts';

/** Hetzner's own servers are next door; elsewhere the ones that Ubuntu asks anyway. */
const SERVERS = {
  hetzner: 'ntp1.hetzner.de ntp2.hetzner.com ntp3.hetzner.net',
  static: 'ntp.ubuntu.com',
} as const;

/** systemd-timesyncd's servers (H-4). */
export function timeFile({ provider }: Cluster): HostFile {
  return hostFile(
    {
      path: '/etc/systemd/timesyncd.conf.d/honeydue.conf',
      activate: [['systemctl', 'restart', 'systemd-timesyncd.service']],
      reason: 'etcd, TLS and signed uploads need the right time',
    },
    `[Time]
NTP=${SERVERS[provider.kind]}
FallbackNTP=0.pool.ntp.org 1.pool.ntp.org 2.pool.ntp.org 3.pool.ntp.org`,
  );
}
