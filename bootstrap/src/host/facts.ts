import { PROBE_SCRIPT } from './probe-script.ts';
import { PYTHON, pythonProgram } from './python.ts';
import { must, type Remote } from './remote.ts';

/** What a step wants to know of a host, besides what is always told. */
export interface HostQuery {
  readonly users: readonly string[];
  /** Files whose content is told. */
  readonly files: readonly string[];
  /** Files and folders of which only mode, owner and hash are told: those that hold secrets. */
  readonly hashes: readonly string[];
  readonly sysctls: readonly string[];
  readonly units: readonly string[];
  readonly packages: readonly string[];
  /** Commands that change nothing, by a name for the answer. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
}

export interface FileFacts {
  /** Four octal digits. */
  readonly mode: string;
  /** `user:group`. */
  readonly owner: string;
  /** Of the content; null for a folder. */
  readonly sha256: string | null;
}

export interface UnitFacts {
  /** systemd's ActiveState; `inactive` also when there is no such unit. */
  readonly active: string;
  /** systemd's UnitFileState; empty when there is no such unit. */
  readonly enabled: string;
  /** Microseconds after boot at which it became active; 0 when it is not. */
  readonly since: number;
}

/** What was seen on a host. */
export interface HostFacts {
  /** As in /etc/os-release. */
  readonly os: { readonly id: string; readonly version: string };
  readonly architecture: string;
  readonly bootId: string;
  /** The host's clock, milliseconds since the epoch. */
  readonly now: number;
  readonly clockSynchronized: boolean;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes, below /var/lib. */
  readonly diskFree: number;
  readonly rebootRequired: boolean;
  /** The address from which the operator's ssh comes. */
  readonly sshClient: string | null;
  readonly interfaces: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  readonly defaultRoutes: readonly ('ipv4' | 'ipv6')[];
  readonly swaps: readonly string[];
  readonly users: Readonly<
    Record<string, { readonly uid: number; readonly home: string; readonly shell: string } | null>
  >;
  readonly files: Readonly<Record<string, (FileFacts & { readonly content: string | null }) | null>>;
  readonly hashes: Readonly<Record<string, FileFacts | null>>;
  readonly sysctls: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, UnitFacts>>;
  readonly packages: Readonly<Record<string, string | null>>;
  readonly commands: Readonly<
    Record<string, { readonly exitCode: number; readonly stdout: string; readonly stderr: string }>
  >;
}

const NOTHING: HostQuery = {
  users: [],
  files: [],
  hashes: [],
  sysctls: [],
  units: [],
  packages: [],
  commands: {},
};

/**
 * Looks at a host: one command, one round trip, whatever is asked.
 * @throws UnreachableError; RemoteError when the host has no Python
 */
export async function lookAt(host: Remote, query: Partial<HostQuery> = {}): Promise<HostFacts> {
  const input = pythonProgram(PROBE_SCRIPT, { ...NOTHING, ...query });
  return JSON.parse(await must(host, PYTHON, { input })) as HostFacts;
}
