import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAB } from '../../../core/name.ts';
import { must, run } from '../../../core/process.ts';
import { waitFor } from '../../../core/wait.ts';
import { privateNetwork } from '../../../hosts/disk.ts';
import { openHost } from '../../../hosts/host.ts';
import { macOf } from '../../../hosts/spec.ts';
import { diskDir, loadHost, saveHost } from '../../../hosts/store.ts';
import { PRIVATE, ROUTER_NAMESPACE } from '../../../network/topology.ts';

const networkFile = '/etc/systemd/network/10-private.network';

/**
 * Gives an existing host its private card. A running one gets it at once, as at the provider.
 * @throws Error when the host does not configure it in time
 */
export async function plugPrivateCard(alias: string, ip: string): Promise<void> {
  const { spec, base } = loadHost(alias);
  saveHost({ base, spec: { ...spec, privateIPv4: ip } });
  const host = openHost(alias);
  if (!host.isOn()) {
    writeFileSync(join(diskDir(alias), 'upper', networkFile), privateNetwork(ip), { mode: 0o644 });
    return;
  }
  await host.must(`cat >${networkFile}`, { input: privateNetwork(ip) });
  const card = ['name', 'enp7s0', 'address', macOf('private', ip), 'netns', `${LAB}-${alias}`];
  await inRouter(['link', 'add', `p-${alias}`, 'type', 'veth', 'peer', ...card]);
  await inRouter(['link', 'set', `p-${alias}`, 'master', PRIVATE.bridge, 'up']);
  await host.must('networkctl reload');
  await waitFor(
    `${alias} to have ${ip} on its private card`,
    async () => {
      const shown = await host.must('ip -4 -o addr show dev enp7s0');
      if (shown.includes(` ${ip}/`)) return true;
      throw new Error(`it has: ${shown.trim() || 'no address'}`);
    },
    { timeoutMs: 15_000 },
  );
}

/** Takes a host's private card away. Nothing happens when it has none. */
export async function unplugPrivateCard(alias: string): Promise<void> {
  const { spec, base } = loadHost(alias);
  const { privateIPv4: _, ...without } = spec;
  saveHost({ base, spec: without });
  const host = openHost(alias);
  if (host.isOn()) await host.must(`rm -f ${networkFile}`);
  else rmSync(join(diskDir(alias), 'upper', networkFile), { force: true });
  await run(['ip', '-n', ROUTER_NAMESPACE, 'link', 'del', `p-${alias}`]);
}

function inRouter(words: readonly string[]): Promise<string> {
  return must(['ip', '-n', ROUTER_NAMESPACE, ...words]);
}
