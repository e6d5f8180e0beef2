import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An origin certificate as Cloudflare issues it, signed by nobody that anyone trusts. PEM. */
export function originCertificate(names: readonly string[]): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'origin-'));
  try {
    const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
    const alternatives = names.map((name) => `DNS:${name}`).join(',');
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '30',
        ],
        ...[
          '-subj',
          `/CN=${names[0]}`,
          '-addext',
          `subjectAltName=${alternatives}`,
          '-out',
          cert,
          '-keyout',
          key,
        ],
      ],
      { stdio: 'ignore' },
    );
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
