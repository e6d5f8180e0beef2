import { join } from 'node:path';
import { LAB } from '../core/name.ts';
import { labSources, runDir } from '../core/paths.ts';
import { type ExecResult, must, type RunOptions, run } from '../core/process.ts';
import { type NamespaceName, namespaceOf } from './topology.ts';

export type Protocol = 'tcp' | 'udp';

/**
 * `open`: connected (tcp) or answered (udp). `refused`: reset, or an ICMP port refusal. `unreachable`: no route, or
 * an ICMP refusal of the host. `timeout`: silence, which is what a firewall that drops looks like.
 */
export type Outcome = 'open' | 'refused' | 'unreachable' | 'timeout';

export interface Target {
  readonly address: string;
  readonly port: number;
  readonly protocol?: Protocol;
}

export interface LabClient {
  /** Runs a shell command with this namespace's network and the lab's DNS. */
  exec(command: string, options?: RunOptions): Promise<ExecResult>;
  /** Tries one port; `timeoutMs` (default 1500) is when silence counts as dropped. */
  connect(address: string, port: number, protocol?: Protocol, timeoutMs?: number): Promise<Outcome>;
  /** Tries many ports at once; outcomes in the order of the targets. */
  connectAll(targets: readonly Target[], timeoutMs?: number): Promise<Outcome[]>;
}

/** File with the lab's name server, bound over /etc/resolv.conf of what runs in a namespace. */
export function resolvConf(): string {
  return join(runDir(), 'resolv.conf');
}

/** The words that run a command inside a namespace; for programs that are started rather than awaited. */
export function inNamespace(namespace: string, argv: readonly string[]): string[] {
  return ['sh', join(labSources, 'network', 'enter.sh'), namespace, resolvConf(), ...argv];
}

function clientIn(namespace: string): LabClient {
  const connectAll = async (targets: readonly Target[], timeoutMs = 1500): Promise<Outcome[]> => {
    const probe = join(labSources, 'network', 'probe.mjs');
    const answers = await must(['nsenter', `--net=/run/netns/${namespace}`, process.execPath, probe], {
      input: JSON.stringify(targets.map((target) => ({ timeoutMs, ...target }))),
      timeoutMs: timeoutMs + 20_000,
    });
    return JSON.parse(answers) as Outcome[];
  };
  return {
    exec: (command, options) => run(inNamespace(namespace, ['bash', '-c', command]), options),
    connectAll,
    connect: async (address, port, protocol = 'tcp', timeoutMs = 1500) => {
      const [outcome] = await connectAll([{ address, port, protocol }], timeoutMs);
      return outcome ?? 'timeout';
    },
  };
}

/** A place in the lab's networks from which things can be tried. */
export function from(name: NamespaceName): LabClient {
  return clientIn(namespaceOf(name));
}

/**
 * The network of a host that is on, with the programs of this machine; for what runs on the host itself use the
 * host's `exec`.
 */
export function fromHost(alias: string): LabClient {
  return clientIn(`${LAB}-${alias}`);
}
