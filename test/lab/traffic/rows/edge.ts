import type { Cluster } from '../../../../config/schema.ts';
import { originCertificate } from '../../provision/tls.ts';
import type { LoadReport } from '../load.ts';
import { measures, type Subject, timed, underLoad } from '../measure.ts';
import { settled } from '../pods.ts';
import { besidesStartOfTraefik, failuresOf } from '../row.ts';
import type { Site, SSLMode } from '../site.ts';
import { everyday } from '../streams.ts';

type EdgeMode = Cluster['edge']['tls'];

/** Traefik restarts on every node, one after the other. */
export function edge(site: () => Site): void {
  rateLimit(site, { id: 'traefik-config', what: 'Traefik: another rate limit; HTTP' }, 'flexible');
  // In the order in which an operator goes over to HTTPS at the origin, and back.
  mode(site, { id: 'edge-both', what: 'edge.tls: flexible to both; HTTP' }, 'flexible', 'flexible', 'both');
  mode(site, { id: 'edge-strict', what: 'edge.tls: both to strict; HTTPS' }, 'strict', 'both', 'strict');
  rateLimit(site, { id: 'traefik-config-tls', what: 'Traefik: another rate limit; HTTPS' }, 'strict');
  mode(site, { id: 'edge-both-again', what: 'edge.tls: strict to both; HTTPS' }, 'strict', 'strict', 'both');
  mode(
    site,
    { id: 'edge-flexible', what: 'edge.tls: both to flexible; HTTP' },
    'flexible',
    'both',
    'flexible',
  );
}

/** A change of Traefik's own configuration. */
function rateLimit(site: () => Site, subject: Subject, sslMode: SSLMode): void {
  const edit = (on: Site) => {
    const { average } = on.cluster().edge.rateLimit;
    return on.workspace.edit((set) => set(['edge', 'rateLimit', 'average'], average === 50 ? 60 : 50));
  };
  restarts(site, subject, { sslMode, before: sslMode, edit, command: 'deploy' });
}

/** A change of the edge mode, while Cloudflare's own stays as it is. */
function mode(site: () => Site, subject: Subject, sslMode: SSLMode, before: EdgeMode, after: EdgeMode): void {
  const edit = (on: Site) => on.workspace.edit((set) => set(['edge', 'tls'], after));
  restarts(site, subject, { sslMode, before, edit, command: 'provision' });
}

interface EdgeChange {
  readonly sslMode: SSLMode;
  /** The edge mode that it begins from. */
  readonly before: EdgeMode;
  readonly edit: (on: Site) => Promise<void>;
  readonly command: 'deploy' | 'provision';
}

function restarts(site: () => Site, subject: Subject, { sslMode, before, edit, command }: EdgeChange): void {
  measures(site, { minutes: 15, ...subject }, async (on, write) => {
    await begin(on, sslMode, before);
    await edit(on);
    let seconds = 0;
    const report = await underLoad(on, everyday(on.domains()), async () => {
      seconds = await timed(() => on.operate(command));
      await settled(on, 'traefik');
    });
    write(report, `${command} took ${seconds} s`);
    expect(unexpected(sslMode, report)).toEqual([]);
  });
}

/** Over HTTP some requests meet a Traefik that has no routes yet; over HTTPS none may fail. */
const unexpected = (mode: SSLMode, report: LoadReport): string[] =>
  mode === 'strict' ? failuresOf(report) : besidesStartOfTraefik(report);

/** The state that a change begins from: Cloudflare's mode and the servers'. */
async function begin(on: Site, mode: SSLMode, tls: EdgeMode): Promise<void> {
  if (on.workspace.secrets.CLOUDFLARE_ORIGIN_CERT === undefined) {
    const { apex } = on.domains();
    const { cert, key } = originCertificate([apex, `*.${apex}`]);
    on.workspace.setSecrets({ CLOUDFLARE_ORIGIN_CERT: cert, CLOUDFLARE_ORIGIN_KEY: key });
  }
  on.sslMode = mode;
  if (on.cluster().edge.tls === tls) return;
  await on.workspace.edit((set) => set(['edge', 'tls'], tls));
  await on.operate('provision');
  await settled(on, 'traefik');
}
