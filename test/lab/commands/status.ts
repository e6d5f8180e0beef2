import Table from 'cli-table3';
import { LabError } from '../core/errors.ts';
import { labIsUp, labOwner } from '../core/lock.ts';
import { gigabytes, labMemory } from '../core/memory.ts';
import { runDir } from '../core/paths.ts';
import { hosts, type LabHost } from '../lab.ts';
import { CLIENTS, NEIGHBOUR, SERVICES } from '../network/topology.ts';
import { services } from '../services/service.ts';
import { GITEA, MAIL_HOST, OBS_HOST, PORTS } from '../workloads/names.ts';
import { clusterNodes } from './cluster-table.ts';

const edges = ['top', 'bottom', 'left', 'right', 'mid', 'top-left', 'top-mid', 'top-right'] as const;
const corners = ['bottom-left', 'bottom-mid', 'bottom-right', 'left-mid', 'mid-mid', 'right-mid'] as const;
/** Columns without lines, as kubectl prints them. */
const plain = {
  chars: { ...Object.fromEntries([...edges, ...corners].map((part) => [part, ''])), middle: '  ' },
  style: { 'padding-left': 0, 'padding-right': 0, head: process.stdout.isTTY ? ['bold'] : [], border: [] },
};

/** What a host says about itself in one round: system state, k3s unit, firewall, memory used in MB. */
async function facts(host: LabHost): Promise<string[]> {
  if (!host.isOn()) return ['off', '', '', ''];
  const { stdout } = await host.exec(
    `systemctl is-system-running; systemctl is-active k3s
     ufw status | head -1 | sed "s/Status: //"
     cat /sys/fs/cgroup/memory/memory.usage_in_bytes /sys/fs/cgroup/memory.current 2>/dev/null | head -1`,
    { timeoutMs: 10_000 },
  );
  const [system = '?', k3s = '?', firewall = '?', memory = '0'] = stdout.trim().split('\n');
  return [system, k3s === 'inactive' ? 'none' : k3s, firewall, `${Math.round(Number(memory) / 1e6)} MB`];
}

/** Where a service answers, by its name. */
const REACH: Readonly<Record<string, string>> = {
  dns: 'every host and client asks it',
  apt: 'http://apt.lab',
  releases: 'http://releases.lab:8080',
  registry: 'http://registry.lab:5000',
  obs: 'http://obs.lab:4318',
  mail: `${MAIL_HOST}:${PORTS.mail}`,
  front: `https://${GITEA}, https://${OBS_HOST}`,
  cloud: 'http://api.lab:8081/v1',
};

/** Prints what runs where and how to reach it. @throws LabError when no lab is up */
export async function status(): Promise<number> {
  if (!labIsUp()) throw new LabError('lab', 'it is not up', 'npm run lab -- up');
  const all = hosts();
  const said = await Promise.all(all.map(facts));
  const hostTable = new Table({
    head: ['host', 'name', 'public', 'public IPv6', 'private', 'system', 'k3s', 'ufw', 'memory'],
    ...plain,
  });
  all.forEach((host, index) => {
    const addresses = [host.publicIPv4, host.publicIPv6, host.privateIPv4 ?? ''];
    hostTable.push([host.alias, host.hostname, ...addresses, ...(said[index] ?? [])]);
  });
  const places = new Table({ head: ['place', 'IPv4', 'IPv6'], ...plain });
  for (const [name, client] of Object.entries(CLIENTS)) places.push([name, client.ipv4, client.ipv6]);
  places.push(['services', SERVICES.ipv4, SERVICES.ipv6], ['neighbour', NEIGHBOUR.ipv4, '']);
  const running = new Table({ head: ['service', 'state', 'from inside the lab'], ...plain });
  for (const { record, alive } of services())
    running.push([record.name, alive ? 'runs' : 'ENDED', REACH[record.name] ?? '']);
  const memory = labMemory();
  const nodes = await clusterNodes(all);
  const nodeTable = new Table({ head: ['node', 'Ready', 'EtcdIsVoter', 'version'], ...plain });
  nodeTable.push(...(nodes ?? []));
  process.stdout.write(
    [
      `lab of: ${labOwner()?.purpose ?? ''}; run folder: ${runDir()}`,
      hostTable.toString(),
      '',
      nodes === undefined ? 'no cluster answers' : nodeTable.toString(),
      '',
      places.toString(),
      '',
      running.toString(),
      '',
      `memory: ${gigabytes(memory.held)} held, ${gigabytes(memory.caches)} of file caches`,
      'reach: npm run lab -- ssh hetzner1 | npm run lab -- from internet curl -sv http://hetzner1.lab | npm run lab -- kubectl get nodes',
      '',
    ].join('\n'),
  );
  return 0;
}
