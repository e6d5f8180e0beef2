/** How a host is reached by ssh. */
export interface SshTarget {
  /** Its name in cluster.yaml; its key is pinned under it. */
  readonly alias: string;
  /** Its public address. */
  readonly address: string;
  readonly user: string;
}

/** What every connection has in common. */
export interface SshSettings {
  /** The operator's private key. */
  readonly identity: string;
  readonly knownHosts: string;
  /** Folder of the sockets of shared connections; a short path, as the kernel allows 108 characters. */
  readonly sockets: string;
}

/** Seconds; a packet that a firewall drops is answered by nothing. */
const CONNECT_TIMEOUT = 10;

/** Seconds for which a shared connection waits for the next command. */
const PERSIST = 120;

/**
 * What follows `ssh` on the command line. Nobody is asked for anything, and the operator's own ssh configuration plays no
 * part. The first contact pins the host's key; a host with another key is refused from then on.
 * @param shared over the one connection to this host that all commands share; false: over a new one
 */
export function sshArguments(target: SshTarget, settings: SshSettings, shared = true): string[] {
  const { alias, address, user } = target;
  const options = [
    'BatchMode=yes',
    `ConnectTimeout=${CONNECT_TIMEOUT}`,
    'ServerAliveInterval=15',
    'ServerAliveCountMax=4',
    'StrictHostKeyChecking=accept-new',
    'UpdateHostKeys=no',
    `UserKnownHostsFile=${quoted(settings.knownHosts)}`,
    'GlobalKnownHostsFile=/dev/null',
    'HashKnownHosts=no',
    `HostKeyAlias=${alias}`,
    'IdentitiesOnly=yes',
    `IdentityFile=${quoted(settings.identity)}`,
    'PasswordAuthentication=no',
    'ForwardAgent=no',
    'LogLevel=ERROR',
    ...(shared
      ? ['ControlMaster=auto', `ControlPath=${quoted(`${settings.sockets}/%C`)}`, `ControlPersist=${PERSIST}`]
      : ['ControlMaster=no', 'ControlPath=none']),
  ];
  return ['-F', '/dev/null', ...options.flatMap((option) => ['-o', option]), `${user}@${address}`];
}

/** ssh splits the values of its options at blanks. */
const quoted = (path: string) => `"${path}"`;
