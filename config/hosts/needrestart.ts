import { type HostFile, hostFile } from './host-file.ts';

/** Read by needrestart, which Ubuntu runs after every upgrade; without it the file is inert. */
export const needrestartFile: HostFile = hostFile(
  {
    path: '/etc/needrestart/conf.d/honeydue.conf',
    reason: 'an upgrade of a library does not restart k3s: restarts go one node at a time',
  },
  '$nrconf{override_rc}{qr(^k3s\\.service$)} = 0;',
);
