import { type HostFile, hostFile } from './host-file.ts';

/** The kernel then gives huge pages only to programs that ask (H-8). The minus: a host without this switch still boots. */
export const hugePagesFile: HostFile = hostFile(
  {
    path: '/etc/tmpfiles.d/honeydue-huge-pages.conf',
    reason: 'transparent huge pages make Redis slow and large when it saves',
  },
  'w- /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise',
);
