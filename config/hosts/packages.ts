/** Debian packages of the hosts, beyond what every server image has. */
export const hostPackages = [
  'ca-certificates',
  'curl',
  'fail2ban',
  // fail2ban bans by it.
  'nftables',
  // fail2ban reads the journal by it.
  'python3-systemd',
  'systemd-timesyncd',
  'ufw',
  'unattended-upgrades',
] as const;

/** Services that start at boot and run, with the package that brings each. */
export const hostServices = ['fail2ban.service', 'unattended-upgrades.service'] as const;

/** Timers that must be on: they fetch and install security updates. */
export const hostTimers = ['apt-daily.timer', 'apt-daily-upgrade.timer'] as const;
