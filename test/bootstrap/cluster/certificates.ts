import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** An authority, and what it signs: made by openssl, as k3s makes its own. */
export function authority(): Pair & { sign(name: string, days?: number): Pair; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'ca-'));
  const openssl = (...words: readonly string[]) =>
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=ca', '-days', '2');
  return {
    certificate: read('ca.crt'),
    key: read('ca.key'),
    sign: (name, days = 1) => {
      writeFileSync(join(folder, 'san'), 'subjectAltName=IP:127.0.0.1');
      openssl('req', ...newKey, '-keyout', 'own.key', '-out', 'own.csr', '-subj', `/CN=${name}`);
      const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'san'];
      openssl('x509', '-req', '-in', 'own.csr', ...signing, '-out', 'own.crt', '-days', String(days));
      return { certificate: read('own.crt'), key: read('own.key') };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
