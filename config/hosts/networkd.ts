import { type HostFile, hostFile } from './host-file.ts';

export const networkdFile: HostFile = hostFile(
  {
    path: '/etc/systemd/networkd.conf.d/honeydue.conf',
    activate: [['systemctl', 'restart', 'systemd-networkd.service']],
    reason:
      'a restart of networkd, as in an upgrade of systemd, leaves the routes of the pod network alone (H-3)',
  },
  `[Network]
ManageForeignRoutes=no
ManageForeignRoutingPolicyRules=no`,
);
