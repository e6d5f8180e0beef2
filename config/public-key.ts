import { smallestRSAKey } from './hosts/login.ts';

/** The kinds of key that may log in. */
const TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];

/** True for one line of OpenSSH's public keys, without options before it, that sshd of our hosts takes. */
export function isPublicKey(line: string): boolean {
  const [, type = '', body = ''] = /^(\S+) ([A-Za-z0-9+/]+={0,2})(?: [^\p{Cc}]+)?$/u.exec(line) ?? [];
  if (!TYPES.includes(type)) return false;
  const [name, , modulus] = fieldsOf(Buffer.from(body, 'base64'));
  if (name?.toString() !== type) return false;
  return type !== 'ssh-rsa' || (modulus !== undefined && bitsOf(modulus) >= smallestRSAKey);
}

/** Type and body of a key, without its comment: the same for the same key. */
export function keyMaterial(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ');
}

/** The fields of a key's body (RFC 4253, section 6.6), each behind its length; none when they do not fill it. */
function fieldsOf(body: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= body.length) {
    const start = at + 4;
    at = start + body.readUInt32BE(at);
    fields.push(body.subarray(start, at));
  }
  return at === body.length ? fields : [];
}

/** Length of a number without its leading zeros. */
const bitsOf = (bytes: Buffer): number => {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (bytes.length - first) * 8 - (Math.clz32(bytes[first] ?? 0) - 24);
};
