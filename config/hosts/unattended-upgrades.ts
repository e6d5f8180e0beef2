import { type HostFile, hostFile } from './host-file.ts';

/**
 * Security updates come by themselves, reboots never: k3s' nodes are drained first, one at a time. Nodes upgrade an
 * hour apart, so that a bad package is seen on one of them (H-3).
 */
export function unattendedUpgradesFiles(nodeIndex: number): HostFile[] {
  return [
    hostFile(
      {
        // Later than the package's own 20 and 50: single values replace theirs, and #clear empties their lists.
        path: '/etc/apt/apt.conf.d/52honeydue-unattended-upgrades',
        reason: 'security updates install themselves and never reboot',
      },
      APT,
    ),
    timer('apt-daily', nodeIndex, '30', 'fetches the updates half an hour before they install'),
    timer('apt-daily-upgrade', nodeIndex + 1, '00', 'installs them while no other node does'),
  ];
}

const APT = `
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
#clear Unattended-Upgrade::Allowed-Origins;
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern {
  "origin=\${distro_id},suite=\${distro_codename}-security";
  "origin=\${distro_id},codename=\${distro_codename}-security";
};
Unattended-Upgrade::Automatic-Reboot "false";
Unattended-Upgrade::MinimalSteps "true";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Unattended-Upgrade::Remove-Unused-Dependencies "false";
Unattended-Upgrade::SyslogEnable "true";
`;

/** The hour, in UTC, in which the first node fetches; the last of seven installs at eight. */
const FIRST_HOUR = 1;

function timer(name: string, hours: number, minutes: string, reason: string): HostFile {
  const hour = String(FIRST_HOUR + hours).padStart(2, '0');
  return hostFile(
    {
      path: `/etc/systemd/system/${name}.timer.d/honeydue.conf`,
      reason,
      activate: [
        ['systemctl', 'daemon-reload'],
        ['systemctl', 'restart', `${name}.timer`],
      ],
    },
    // Persistent=no: nodes that come back together after an outage do not upgrade together.
    `[Timer]
OnCalendar=
OnCalendar=*-*-* ${hour}:${minutes}:00 UTC
RandomizedDelaySec=0
Persistent=no`,
  );
}
