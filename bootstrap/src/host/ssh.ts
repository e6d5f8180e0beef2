import { mkdirSync } from 'node:fs';
import { $, type ProcessOutput, quote } from 'zx';
import { duration } from '../frame/clock.ts';
import { type Remote, type RemoteOptions, type RemoteResult, UnreachableError } from './remote.ts';
import { type SshSettings, type SshTarget, sshArguments } from './ssh-arguments.ts';

/** Milliseconds, when a command brings no deadline of its own. */
const DEADLINE = 60_000;

/** ssh's own exit code when it could not connect or was cut off. */
const SSH_FAILED = 255;

/** ssh to one host. */
export interface Ssh extends Remote {
  readonly target: SshTarget;
  /** The same host over a connection of its own, as a stranger would make it: to prove that a login works. */
  readonly fresh: Remote;
  /** Ends the shared connection, as when the rights behind it have changed. */
  close(): Promise<void>;
}

/**
 * Commands on a host as root, over one shared connection. Nothing is connected before the first command.
 * @param onRoundTrip called for every command, for figures
 */
export function openSsh(target: SshTarget, settings: SshSettings, onRoundTrip: () => void = () => {}): Ssh {
  mkdirSync(settings.sockets, { recursive: true, mode: 0o700 });
  const runOver =
    (shared: boolean) =>
    (words: readonly string[], options: RemoteOptions = {}) => {
      onRoundTrip();
      const asRoot = target.user === 'root' ? words : ['sudo', '-n', '--', ...words];
      const command = asRoot.map((word) => quote(word)).join(' ');
      return runSsh(target, [...sshArguments(target, settings, shared), command], options);
    };
  const { alias } = target;
  return {
    alias,
    target,
    run: runOver(true),
    fresh: { alias, run: runOver(false) },
    close: async () => {
      // Fails when there is no connection, which is as good.
      await ssh(['-O', 'exit', ...sshArguments(target, settings)], { deadline: 5_000 });
    },
  };
}

async function runSsh(
  target: SshTarget,
  args: readonly string[],
  options: RemoteOptions,
): Promise<RemoteResult> {
  const { deadline = DEADLINE } = options;
  const output = await ssh(args, options);
  const { exitCode, stdout, stderr } = output;
  if (output.signal !== null) {
    throw new UnreachableError(
      `${target.alias} (${target.address}) did not finish in ${duration(deadline)}: ${args.at(-1)}\nSee whether it is overloaded or cut off, then run the same command again.`,
    );
  }
  if (exitCode === SSH_FAILED) throw new UnreachableError(refusal(target, stderr.trim()));
  return { exitCode: exitCode ?? SSH_FAILED, stdout, stderr };
}

/**
 * In a process group of its own: Ctrl-C is for this program, which lets what is under way end. Of the environment ssh
 * gets what it needs and nothing else, as tokens may be in it.
 */
function ssh(
  args: readonly string[],
  { input = '', deadline = DEADLINE }: RemoteOptions,
): Promise<ProcessOutput> {
  const { PATH, HOME, SSH_AUTH_SOCK } = process.env;
  // A bash whose input is a socket takes itself for a login from afar and runs ~/.bashrc, unless another shell is above it.
  const env = { PATH, HOME, SHLVL: '1', ...(SSH_AUTH_SOCK && { SSH_AUTH_SOCK }) };
  const running = $({
    input,
    env,
    timeout: deadline,
    nothrow: true,
    quiet: true,
    verbose: false,
    detached: true,
  })`ssh ${[...args]}`;
  // It may end before it has read all of its input; how it ended tells why.
  running.child?.stdin?.on('error', () => {});
  return running;
}

/** What ssh said, and what to do about it. */
function refusal({ alias, address, user }: SshTarget, said: string): string {
  const what = `${alias}: ssh ${user}@${address}: ${said || 'ssh gave no reason'}`;
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/.test(said)) {
    return `${what}\nThe host shows another key than the one pinned. If the server was made anew, forget the old key: ssh-keygen -R ${alias} -f known_hosts. If not, somebody may be in between: do not go on.`;
  }
  if (/Permission denied/.test(said)) {
    return `${what}\nThe host does not know your key. HONEYDUE_SSH_KEY names the private key to use.`;
  }
  return `${what}\nSee that the server runs, that your address is in firewall.ssh of cluster.yaml, and that port 22 answers.`;
}

/** True when the host is there and refuses this user or key. */
export function isDenied(error: unknown): boolean {
  return error instanceof UnreachableError && /Permission denied/.test(error.message);
}
