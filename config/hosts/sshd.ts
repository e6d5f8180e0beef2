import { type HostFile, hostFile } from './host-file.ts';
import { loginUser, smallestRSAKey } from './login.ts';

/**
 * sshd's settings (H-1): keys only, one user, and the algorithms of ssh-audit's guide for OpenSSH 9 on Ubuntu 24.04.
 * The port stays 22: sshd is started by a socket there, which does not read `Port`.
 */
export const sshdSettings: readonly (readonly [string, string | number])[] = [
  ['PermitRootLogin', 'no'],
  ['AllowUsers', loginUser],
  ['PubkeyAuthentication', 'yes'],
  ['AuthenticationMethods', 'publickey'],
  ['PasswordAuthentication', 'no'],
  ['KbdInteractiveAuthentication', 'no'],
  ['PermitEmptyPasswords', 'no'],
  ['PermitUserEnvironment', 'no'],
  ['MaxAuthTries', 3],
  ['LoginGraceTime', 20],
  ['MaxStartups', '10:30:60'],
  // A session whose other end is gone ends after three minutes.
  ['ClientAliveInterval', 60],
  ['ClientAliveCountMax', 3],
  // kubectl reaches port 6443 through a tunnel when the operator's address is not in firewall.kubernetesAPI.
  ['AllowTcpForwarding', 'local'],
  ['AllowAgentForwarding', 'no'],
  ['AllowStreamLocalForwarding', 'no'],
  ['GatewayPorts', 'no'],
  ['PermitTunnel', 'no'],
  ['X11Forwarding', 'no'],
  // Says which key logged in.
  ['LogLevel', 'VERBOSE'],
  ['HostKeyAlgorithms', list('ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256')],
  [
    'KexAlgorithms',
    list(
      'sntrup761x25519-sha512@openssh.com',
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
    ),
  ],
  [
    'Ciphers',
    list(
      'chacha20-poly1305@openssh.com',
      'aes256-gcm@openssh.com',
      'aes128-gcm@openssh.com',
      'aes256-ctr',
      'aes192-ctr',
      'aes128-ctr',
    ),
  ],
  [
    'MACs',
    list('hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256-etm@openssh.com', 'umac-128-etm@openssh.com'),
  ],
  ['RequiredRSASize', smallestRSAKey],
];

function list(...names: readonly string[]): string {
  return names.join(',');
}

/** sshd takes the first value that it reads: 00 comes before what the image's cloud-init wrote. */
export const sshdFile: HostFile = hostFile(
  { path: '/etc/ssh/sshd_config.d/00-honeydue.conf', reason: `only ${loginUser} logs in, only with a key` },
  sshdSettings.map(([key, value]) => `${key} ${value}`).join('\n'),
);
