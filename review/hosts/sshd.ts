import { type Effect, effect } from '../impact.ts';
import { some } from '../judge/list-text.ts';
import type { HostSection } from '../state/host-text.ts';

/** Which way a setting of sshd is the stricter one; a setting that is not here is nobody's way in. */
const STRICT: Readonly<Record<string, (old: string, next: string) => boolean>> = {
  PermitRootLogin: isNot('no'),
  PasswordAuthentication: isNot('no'),
  KbdInteractiveAuthentication: isNot('no'),
  PermitEmptyPasswords: isNot('no'),
  PermitUserEnvironment: isNot('no'),
  AllowTcpForwarding: (old, next) => FORWARDING.indexOf(next) > FORWARDING.indexOf(old),
  AllowAgentForwarding: isNot('no'),
  AllowStreamLocalForwarding: isNot('no'),
  GatewayPorts: isNot('no'),
  PermitTunnel: isNot('no'),
  X11Forwarding: isNot('no'),
  AuthenticationMethods: gained,
  AllowUsers: gained,
  HostKeyAlgorithms: gained,
  KexAlgorithms: gained,
  Ciphers: gained,
  MACs: gained,
  MaxAuthTries: (old, next) => Number(next) > Number(old),
  RequiredRSASize: (old, next) => Number(next) < Number(old),
};

/** The least first; without the setting, sshd forwards everything. */
const FORWARDING = ['no', 'local', 'remote', 'all', 'yes', ''];

function isNot(strict: string) {
  return (old: string, next: string) => old === strict && next !== strict;
}

/** True when a word came. Without the setting, sshd's own default holds, which allows more. */
function gained(old: string, next: string): boolean {
  const words = (text: string) => text.split(/[\s,]+/);
  if (old === '') return false;
  return next === '' || words(next).some((word) => !words(old).includes(word));
}

/** Who may log in, and how. */
export function sshd(before: HostSection, after: HostSection): Effect[] {
  const [old, next] = [settings(before), settings(after)];
  const changed = [...new Set([...old.keys(), ...next.keys()])].filter(
    (name) => old.get(name) !== next.get(name),
  );
  const looser = changed.filter((name) => STRICT[name]?.(old.get(name) ?? '', next.get(name) ?? ''));
  return [
    ...(looser.length > 0 ? [effect('widens access', `logging in is less strict: ${some(looser)}`)] : []),
    effect('config only', 'sshd reads it anew; sessions stay'),
  ];
}

function settings({ lines }: HostSection): Map<string, string> {
  return new Map(
    lines
      .filter((line) => !line.startsWith('#') && line.trim() !== '')
      .map((line) => {
        const [name = '', ...value] = line.trim().split(/\s+/);
        return [name, value.join(' ')];
      }),
  );
}
