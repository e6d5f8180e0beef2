import type { Duplex } from 'node:stream';
import { loginUser } from '../../../config/hosts/login.ts';
import type { Remote, RemoteOptions, RemoteResult } from './remote.ts';
import { openSocket } from './socket.ts';
import { isDenied, openSsh, type Ssh } from './ssh.ts';
import type { SshSettings } from './ssh-arguments.ts';

/** A host of the cluster, reached by whichever account it lets in: its own, or the image's before that exists. */
export interface Host extends Remote {
  readonly address: string;
  /** The cluster's own account, over a connection that nobody else shares: proves that one can log in. */
  readonly fresh: Remote;
  /** A connection to an address and port as the host itself reaches it. */
  socket(address: string, port: number): Duplex;
  /** Logs in anew at the next command, as when the image's account has just been shut out. */
  forget(): Promise<void>;
}

/**
 * @param firstUser the account of a new server's image, which the cluster's own replaces
 * @param onRoundTrip called for every command, for figures
 */
export function openHost(
  alias: string,
  address: string,
  firstUser: string,
  settings: SshSettings,
  onRoundTrip?: () => void,
): Host {
  const connect = (user: string) => openSsh({ alias, address, user }, settings, onRoundTrip);
  const own = connect(loginUser);
  const candidates = [own, connect(firstUser)];
  let known: Ssh | undefined;

  const run = async (words: readonly string[], options?: RemoteOptions): Promise<RemoteResult> => {
    if (known) return known.run(words, options);
    for (const [index, candidate] of candidates.entries()) {
      try {
        const result = await candidate.run(words, options);
        known = candidate;
        return result;
      } catch (error) {
        if (!isDenied(error) || index === candidates.length - 1) throw error;
      }
    }
    throw new Error('unreachable: the last candidate returns or throws');
  };

  return {
    alias,
    address,
    run,
    fresh: own.fresh,
    socket: (to, port) => openSocket((known ?? own).target, settings, to, port),
    forget: async () => {
      known = undefined;
      await Promise.all(candidates.map((candidate) => candidate.close()));
    },
  };
}
