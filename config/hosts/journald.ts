import { type HostFile, hostFile } from './host-file.ts';

export const journaldFile: HostFile = hostFile(
  {
    path: '/etc/systemd/journald.conf.d/honeydue.conf',
    activate: [['systemctl', 'restart', 'systemd-journald.service']],
    reason: 'logs survive a reboot and never fill the disk that etcd and Redis write to',
  },
  `[Journal]
Storage=persistent
SystemMaxUse=1G
SystemKeepFree=4G`,
);
