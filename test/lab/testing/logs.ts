import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { LAB } from '../core/name.ts';
import { cacheDir, runDir } from '../core/paths.ts';
import { from, hosts, type LabHost } from '../lab.ts';

/** Where logs of failed scenarios are kept until the next run; `LAB_LOGS` chooses another folder. */
export function logsRoot(): string {
  return process.env.LAB_LOGS ?? join(cacheDir(), 'failed', LAB);
}

/** What is asked of every host that is on. One file each. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'journal.log': 'journalctl -b --no-pager -o short-precise | tail -n 20000',
  'units.txt': 'systemctl --no-pager list-units --all; systemctl --no-pager --failed',
  'network.txt': 'ip addr; ip route; ip -6 route; ip -s link; ss -tulpn',
  'firewall.txt': 'ufw status verbose; iptables-save; ip6tables-save',
  'processes.txt': 'ps -efww; free -m; df -h',
  'cloud-init.log': 'cat /var/log/cloud-init-output.log /var/log/cloud-init.log',
  'k3s.log':
    'journalctl -b -u k3s --no-pager -o short-precise; find /var/lib/rancher -name "*.log" -exec tail -n 2000 -v {} +',
  'pods.txt':
    'k3s kubectl get nodes,pods -A -o wide; k3s kubectl get events -A --sort-by=.lastTimestamp | tail -n 200',
  'pods.log': 'find /var/log/pods -name "*.log" -exec tail -n 500 -v {} +',
};

async function collectHost(host: LabHost, folder: string): Promise<void> {
  const own = join(folder, host.alias);
  mkdirSync(own, { recursive: true });
  if (!host.isOn()) {
    writeFileSync(join(own, 'OFF'), '');
    return;
  }
  for (const [file, command] of Object.entries(QUESTIONS)) {
    const needsK3s = command.includes('k3s') || command.includes('/var/log/pods');
    try {
      const guarded = needsK3s ? `[ ! -e /usr/local/bin/k3s ] || { ${command}; }` : command;
      const { stdout, stderr } = await host.exec(guarded, { timeoutMs: 20_000 });
      if (stdout + stderr !== '') writeFileSync(join(own, file), stdout + stderr);
    } catch (error) {
      writeFileSync(join(own, file), `could not be read: ${messageOf(error)}\n`);
    }
  }
}

/**
 * Keeps everything that may explain a failure in one folder: console, journal, units, network, firewall, k3s and pod
 * logs of each host, the logs of the services, the router's counters. Never throws.
 * @param scenario names the folder
 * @returns the folder
 */
export async function collectLogs(scenario: string, failure: string): Promise<string> {
  const folder = join(logsRoot(), scenario.replaceAll(/[^a-zA-Z0-9]+/g, '-').slice(0, 100));
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'failure.txt'), failure);
    for (const part of ['services', 'hosts']) {
      const source = join(runDir(), part);
      if (existsSync(source)) cpSync(source, join(folder, part), { recursive: true });
    }
    await Promise.all(hosts().map((host) => collectHost(host, folder)));
    const router = await from('services').exec('ss -tulpn; ip neigh; ip -s link', { timeoutMs: 10_000 });
    writeFileSync(join(folder, 'services-network.txt'), router.stdout + router.stderr);
  } catch (error) {
    process.stderr.write(`logs of "${scenario}" are not complete: ${messageOf(error)}\n`);
  }
  return folder;
}
