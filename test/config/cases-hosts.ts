import { all, below, type Case, drop, swap } from './edits.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDO4lbkGg7+eDn+UAfV7eLCwdw6tmOckU7204qDon2+p';
const checksum = '  sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n';

/** The rules of config/rules-hosts.ts and the values they are about: who logs in, and what is fetched from where. */
export const hostCases: readonly Case[] = [
  {
    why: 'k3s over a connection that anybody on the way can change, and nothing to check it by',
    edit: all(drop(checksum), swap('https://releases', 'http://releases')),
    errors: [
      'cluster.yaml:29:3: k3s.sha256: found nothing; allowed: the checksum of the binary, as k3s.releases is not https://',
    ],
  },
  {
    why: 'a checksum of another kind',
    edit: swap(checksum, '  sha256: d41d8cd98f00b204e9800998ecf8427e\n'),
    errors: [
      'cluster.yaml:30:11: k3s.sha256: found "d41d8cd98f00b204e9800998ecf8427e"; allowed: a SHA-256 checksum of 64 hex digits in lower case',
    ],
  },
  {
    why: 'a checksum of digits alone, which YAML reads as a number',
    edit: swap(checksum, `  sha256: ${'1'.repeat(64)}\n`),
    errors: [
      'cluster.yaml:30:11: k3s.sha256: found 1.1111111111111112e+63; allowed: a SHA-256 checksum of 64 hex digits in lower case',
    ],
  },
  {
    why: 'the name of the file that holds the key',
    edit: swap(`${key} ann@example`, '~/.ssh/id_ed25519.pub'),
    errors: [
      'cluster.yaml:114:5: operators[0]: found "~/.ssh/id_ed25519.pub"; allowed: an OpenSSH public key as in a .pub file, without options; RSA of 3072 bits or more',
    ],
  },
  {
    why: 'one key under two names',
    edit: below(`  - ${key} ann@example`, `  - ${key} bob@example`),
    errors: [
      `cluster.yaml:115:5: operators[1]: found "${key} bob@example"; allowed: a key of its own; operators[0] has this one`,
    ],
  },
  {
    why: 'a list of operators that is empty: nobody could log in again',
    edit: swap(`operators:\n  - ${key} ann@example`, 'operators: []'),
    errors: [
      'cluster.yaml:113:12: operators: found a list of 0; allowed: at least one key, or nobody could log in',
    ],
  },
  {
    why: 'a registry with two mirrors apart, of which k3s would take one',
    edit: below(
      '      endpoints: [https://mirror.example.com]',
      '    - host: docker.io\n      endpoints: [https://other.example.com]',
    ),
    errors: [
      'cluster.yaml:111:13: registry.mirrors[1].host: found "docker.io"; allowed: a registry of its own; registry.mirrors[0] has this one',
    ],
  },
];
