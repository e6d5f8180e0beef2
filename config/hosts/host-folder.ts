/** A folder that has to exist before the files in it and before what writes into it. */
export interface HostFolder {
  readonly path: string;
  readonly mode: '0700';
  readonly owner: 'root:root';
  readonly reason: string;
}

const folder = (path: string, reason: string): HostFolder => ({
  path,
  mode: '0700',
  owner: 'root:root',
  reason,
});

/** Folders with a mode that matters; those that merely hold a file are the usual 0755. */
export const hostFolders: readonly HostFolder[] = [
  folder('/etc/rancher/k3s', 'configuration and tokens of k3s'),
  folder('/var/lib/rancher/k3s/server', 'the API server reads its admission and audit files here'),
  folder(
    '/var/lib/rancher/k3s/server/logs',
    'the API server does not start when it cannot write its audit log',
  ),
];
