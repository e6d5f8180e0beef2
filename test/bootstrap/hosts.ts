import { createHash } from 'node:crypto';
import type { HostFacts } from '../../bootstrap/src/host/facts.ts';
import { k3sFiles } from '../../bootstrap/src/k3s/files.ts';
import { readServer, type Server } from '../../bootstrap/src/k3s/state.ts';
import { hostFolders } from '../../config/hosts/host-folder.ts';
import { k3sPaths } from '../../config/hosts/k3s-paths.ts';
import { k3sStartFiles } from '../../config/hosts/k3s-unit.ts';
import type { Node } from '../../config/schema.ts';
import { cluster } from '../clusters.ts';

/** Hosts as the probe would tell of them. The lab holds the probe itself against real hosts. */

/** A host as the provider's image leaves it. */
export function freshFacts(node: Node): HostFacts {
  return {
    os: { id: 'ubuntu', version: '24.04' },
    architecture: 'x86_64',
    bootId: 'boot',
    now: 0,
    clockSynchronized: true,
    cpus: 4,
    memory: 8 * 2 ** 30,
    diskFree: 70 * 2 ** 30,
    rebootRequired: false,
    sshClient: '192.0.2.10',
    interfaces: [{ name: 'enp7s0', addresses: [node.privateIPv4 ?? ''] }],
    defaultRoutes: ['ipv4', 'ipv6'],
    swaps: [],
    users: {},
    files: {},
    hashes: {},
    sysctls: {},
    units: {},
    packages: {},
    commands: {},
  };
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const failed = { exitCode: 1, stdout: '', stderr: 'The connection to the server was refused' };

/** A member of the cluster as its API tells. */
export interface MemberState {
  readonly name: string;
  readonly ready?: boolean;
  readonly voter?: boolean;
  readonly version?: string;
}

/** What `kubectl get nodes,deployments` says. */
export function clusterText(members: readonly MemberState[], dnsReplicas = members.length): string {
  const status = (holds: boolean) => (holds ? 'True' : 'False');
  const nodes = members.map(({ name, ready = true, voter = true, version = VERSION }) => ({
    kind: 'Node',
    metadata: { name },
    spec: {},
    status: {
      conditions: [
        { type: 'Ready', status: status(ready) },
        { type: 'EtcdIsVoter', status: status(voter) },
      ],
      nodeInfo: { kubeletVersion: version },
    },
  }));
  const dns = {
    kind: 'Deployment',
    metadata: { name: 'coredns' },
    spec: { replicas: dnsReplicas },
    status: {},
  };
  return JSON.stringify({ items: [...nodes, dns] });
}

export const VERSION = cluster().k3s.version;

/** A server whose files are what cluster.yaml asks, and whose k3s runs with them. */
export function runningServer(node: Node, members: readonly MemberState[] | undefined): Server {
  const born: Server = readServer({ node, facts: freshFacts(node) });
  const files = k3sFiles(cluster(), born, 'found', undefined);
  const facts: HostFacts = {
    ...born.facts,
    files: {
      ...Object.fromEntries(
        files.map(({ path, mode, owner, content }) => [
          path,
          { mode, owner, content, sha256: sha256(content) },
        ]),
      ),
      [k3sPaths.startedWith]: {
        mode: '0644',
        owner: 'root:root',
        sha256: '',
        content: files.map(({ path, content }) => `${sha256(content)}  ${path}\n`).join(''),
      },
    },
    hashes: {
      ...Object.fromEntries(
        hostFolders.map(({ path, mode, owner }) => [path, { mode, owner, sha256: null }]),
      ),
      [k3sPaths.etcd]: { mode: '0700', owner: 'root:root', sha256: null },
    },
    units: { 'k3s.service': { active: 'active', enabled: 'enabled', since: 1 } },
    commands: {
      version: { exitCode: 0, stdout: `k3s version ${VERSION} (abc)\n`, stderr: '' },
      cluster: members ? { exitCode: 0, stdout: clusterText(members), stderr: '' } : failed,
    },
  };
  if (files.length !== k3sStartFiles.length) throw new Error('a file that k3s reads is missing');
  return readServer({ node, facts });
}

/** The same server with other facts. */
export const withFacts = ({ node, facts }: Server, change: Partial<HostFacts>): Server =>
  readServer({ node, facts: { ...facts, ...change } });
