import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { PRIVATE, PUBLIC, SERVICES } from '../network/topology.ts';
import { authorityFile } from '../workloads/pki.ts';
import type { HostSpec } from './spec.ts';

/**
 * Folders on a real file system below the host's overlay: container layers are overlays themselves, which cannot be
 * stacked, and databases want an ordinary disk.
 */
export const VOLUMES = ['/var/lib/containerd', '/var/lib/rancher', '/var/lib/kubelet'];

interface InitialFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

/** systemd-networkd file of the public card: a /32 with an on-link gateway, as the provider hands out. */
export function publicNetwork(spec: HostSpec): string {
  return `[Match]
Name=eth0
[Network]
Address=${spec.publicIPv4}/32
Address=${spec.publicIPv6}/64
IPv6AcceptRA=no
[Route]
Gateway=${PUBLIC.ipv4.router}
GatewayOnLink=yes
[Route]
Gateway=${PUBLIC.ipv6.router}
`;
}

/** systemd-networkd file of the private card: a /32, everything else of the network through its gateway. */
export function privateNetwork(address: string): string {
  return `[Match]
Name=enp7s0
[Network]
Address=${address}/32
IPv6AcceptRA=no
LinkLocalAddressing=no
[Route]
Destination=${PRIVATE.ipv4.network}
Gateway=${PRIVATE.ipv4.router}
GatewayOnLink=yes
`;
}

/** What a new disk holds besides the image: network configuration and the provider's data for cloud-init. */
export function initialFiles(spec: HostSpec): InitialFile[] {
  const seed = '/var/lib/cloud/seed/nocloud';
  const metadata = {
    'instance-id': `lab-${spec.alias}-${Date.now()}`,
    'local-hostname': spec.hostname,
    'public-keys': [...(spec.authorizedKeys ?? [])],
  };
  const files = [
    { path: '/etc/systemd/network/10-public.network', content: publicNetwork(spec), mode: 0o644 },
    { path: '/etc/resolv.conf', content: `nameserver ${SERVICES.ipv4}\n`, mode: 0o644 },
    { path: '/etc/hostname', content: `${spec.hostname}\n`, mode: 0o644 },
    { path: `${seed}/meta-data`, content: stringify(metadata), mode: 0o600 },
    { path: `${seed}/user-data`, content: spec.userData ?? '#cloud-config\n{}\n', mode: 0o600 },
  ];
  if (spec.privateIPv4 !== undefined) {
    const content = privateNetwork(spec.privateIPv4);
    files.push({ path: '/etc/systemd/network/10-private.network', content, mode: 0o644 });
  }
  return files;
}

/** The image's trusted authorities and the lab's own, which answers for production's hosts; `update-ca-certificates` keeps it. */
function trustFiles(base: string): InitialFile[] {
  const bundle = '/etc/ssl/certs/ca-certificates.crt';
  const authority = readFileSync(authorityFile(), 'utf8');
  return [
    { path: '/usr/local/share/ca-certificates/lab.crt', content: authority, mode: 0o644 },
    { path: bundle, content: `${readFileSync(join(base, bundle), 'utf8')}${authority}`, mode: 0o644 },
  ];
}

/** Makes the disk of a new host in `folder`; `base` is the image that it will lie on. */
export function createDisk(folder: string, spec: HostSpec, base: string): void {
  for (const part of ['upper', 'work', 'root', ...VOLUMES.map((volume) => `volumes${volume}`)]) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  for (const file of [...initialFiles(spec), ...trustFiles(base)]) {
    const path = join(folder, 'upper', file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.content, { mode: file.mode });
  }
}
