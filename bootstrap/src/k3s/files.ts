import { parse } from 'yaml';
import { nodeAddress } from '../../../config/addresses.ts';
import type { HostFile } from '../../../config/hosts/host-file.ts';
import { hostFiles } from '../../../config/hosts/host-files.ts';
import { fixedSettings } from '../../../config/hosts/k3s-config.ts';
import { k3sPaths } from '../../../config/hosts/k3s-paths.ts';
import { k3sStartFiles } from '../../../config/hosts/k3s-unit.ts';
import { systemPorts } from '../../../config/hosts/system-ports.ts';
import type { Cluster, Node } from '../../../config/schema.ts';
import type { Part } from './origin.ts';
import type { Server } from './state.ts';

/** The files of one server, config.yaml with the one key that only a look at the cluster can tell. */
export function k3sFiles(
  cluster: Cluster,
  server: Server,
  part: Part,
  joinThrough: Node | undefined,
): HostFile[] {
  const paths: readonly string[] = k3sStartFiles;
  return hostFiles(cluster, server.node, server.networkInterface ?? '')
    .filter(({ path }) => paths.includes(path))
    .map((file) => {
      if (file.path !== k3sPaths.config) return file;
      return { ...file, content: `${file.content}${originLine(server, part, joinThrough)}` };
    });
}

/** Ignored by k3s once etcd has data, so a server that has some keeps the line with which it was born. */
function originLine(server: Server, part: Part, joinThrough: Node | undefined): string {
  if (part === 'found') return 'cluster-init: true\n';
  if (part === 'join') {
    if (joinThrough === undefined) throw new Error(`${server.node.alias} has no server to join`);
    return `server: https://${nodeAddress(joinThrough)}:${systemPorts.kubernetesAPI}\n`;
  }
  const config = server.facts.files[k3sPaths.config]?.content ?? '';
  return /^(cluster-init: true|server: https:\S+)$/m.exec(config)?.[0].concat('\n') ?? '';
}

/** What cluster.yaml asks of a living server and cannot be had. */
export function fixedProblems(server: Server, wanted: readonly HostFile[]): string[] {
  const before = settingsOf(server.facts.files[k3sPaths.config]?.content ?? '');
  const after = settingsOf(wanted.find(({ path }) => path === k3sPaths.config)?.content ?? '');
  return fixedSettings
    .filter((key) => before[key] !== undefined && before[key] !== after[key])
    .map(
      (key) =>
        `${server.node.alias}: ${key} is ${before[key]} and cannot become ${after[key]} on a server that lives. Put the old value back into cluster.yaml; a new one needs new servers.`,
    );
}

function settingsOf(text: string): Record<string, unknown> {
  const settings: unknown = parse(text);
  return typeof settings === 'object' && settings !== null ? (settings as Record<string, unknown>) : {};
}
