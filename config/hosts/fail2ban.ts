import { nodeAddresses } from '../addresses.ts';
import type { Cluster } from '../schema.ts';
import { type HostFile, hostFile } from './host-file.ts';

/** Everybody; a shorter list of sources is a wall by itself, and those behind it are never banned. */
const ANYWHERE: readonly string[] = ['0.0.0.0/0', '::/0'];

/**
 * Bans who guesses at ssh. In a table of its own (nftables), not by `ufw`: the firewall's rules are then ours alone.
 * Mode normal: the mode `aggressive` also bans whoever only reads the host's keys, as provisioning does.
 */
export function fail2banFile(cluster: Cluster): HostFile {
  const trusted = [
    '127.0.0.0/8',
    '::1',
    ...nodeAddresses(cluster),
    ...cluster.firewall.ssh.filter((source) => !ANYWHERE.includes(source)),
  ];
  return hostFile(
    {
      path: '/etc/fail2ban/jail.d/honeydue.local',
      reason: 'whoever guesses at ssh is shut out for an hour',
      activate: [['systemctl', 'restart', 'fail2ban.service']],
    },
    `[sshd]
enabled = true
backend = systemd
mode = normal
banaction = nftables
ignoreip = ${trusted.join(' ')}
maxretry = 5
findtime = 10m
bantime = 1h`,
  );
}
