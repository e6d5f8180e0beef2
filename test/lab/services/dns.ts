import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDir } from '../core/paths.ts';
import { METADATA_ADDRESS, SERVICE_DOMAIN, SERVICES } from '../network/topology.ts';
import { startService } from './service.ts';

function namesDir(): string {
  return join(runDir(), 'dns');
}

/**
 * Adds names to the lab's DNS while it runs.
 * @param source names the set: a second call with the same source replaces it
 * @param names address to names
 */
export function setNames(source: string, names: Readonly<Record<string, readonly string[]>>): void {
  mkdirSync(namesDir(), { recursive: true });
  const lines = Object.entries(names).map(([address, list]) => `${address} ${list.join(' ')}\n`);
  writeFileSync(join(namesDir(), source), lines.join(''));
}

/** Answers `*.lab` with the services' address, names that were set, and nothing else (no way to real name servers). */
export async function startDns(): Promise<void> {
  setNames('metadata', { [METADATA_ADDRESS]: ['metadata.lab'] });
  await startService({
    name: 'dns',
    argv: [
      'dnsmasq',
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--user=root',
      '--pid-file',
      '--log-facility=-',
      '--no-resolv',
      '--no-hosts',
      `--hostsdir=${namesDir()}`,
      `--address=/${SERVICE_DOMAIN}/${SERVICES.ipv4}`,
      `--address=/${SERVICE_DOMAIN}/${SERVICES.ipv6}`,
      '--address=/#/',
      `--listen-address=${SERVICES.ipv4},${SERVICES.ipv6}`,
      '--bind-interfaces',
    ],
    ready: { address: SERVICES.ipv4, port: 53 },
  });
}
