import { type HostFile, hostFile } from './host-file.ts';

const PATH = '/etc/tmpfiles.d/honeydue-huge-pages.conf';

/** The kernel then gives huge pages only to programs that ask (H-8). The minus: a host without this switch still boots. */
export const hugePagesFile: HostFile = hostFile(
  {
    path: PATH,
    activate: [['systemd-tmpfiles', '--create', PATH]],
    reason: 'transparent huge pages make Redis slow and large when it saves',
  },
  'w- /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise',
);
