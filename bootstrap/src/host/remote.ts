/** How a command is run on a host. */
export interface RemoteOptions {
  /** What it reads from standard input; the only way for a secret. */
  readonly input?: string;
  /** Milliseconds after which it is given up; a minute when not said. */
  readonly deadline?: number;
}

export interface RemoteResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A host on which commands are run as root. */
export interface Remote {
  /** Its name in cluster.yaml. */
  readonly alias: string;
  /**
   * Runs a command and returns whatever its exit code is.
   * @param words reach the program as they are; never a secret, as anybody on the host may read them
   * @throws UnreachableError when it could not be run, or not to its end
   */
  run(words: readonly string[], options?: RemoteOptions): Promise<RemoteResult>;
}

/** A host cannot be reached, or did not answer in time. Names it, the cause, and what to do. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** A command on a host failed. Names the host, the command and what it said. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  constructor(
    readonly alias: string,
    readonly words: readonly string[],
    readonly result: RemoteResult,
  ) {
    const said = (result.stderr.trim() || result.stdout.trim() || 'it said nothing').slice(-MOST_SAID);
    super(`${alias}: ${words.join(' ')} ended with exit code ${result.exitCode}: ${said}`);
  }
}

/** Characters; the end of what a program says tells why it failed. */
const MOST_SAID = 2_000;

/**
 * As {@link Remote.run}, for a command that must succeed.
 * @returns its standard output
 * @throws RemoteError
 */
export async function must(
  remote: Remote,
  words: readonly string[],
  options?: RemoteOptions,
): Promise<string> {
  const result = await remote.run(words, options);
  if (result.exitCode !== 0) throw new RemoteError(remote.alias, words, result);
  return result.stdout;
}
