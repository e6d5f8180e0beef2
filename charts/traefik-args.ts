import { type EdgePort, edgePorts, edgeSources } from '../config/edge.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import { EDGE_FILE, ENTRY_MIDDLEWARES, TLS_OPTIONS } from './traefik-files.ts';

/** Traefik's static configuration. The API and its dashboard are off as long as no `--api` is given (T-10). */
export function traefikArgs(cluster: Cluster): string[] {
  return [
    '--global.checkNewVersion=false',
    '--global.sendAnonymousUsage=false',
    '--log.level=INFO',
    '--log.format=json',

    // The file alone: no Kubernetes provider, so no token and no rights (T-11). It is read once, at the start: a change
    // rolls the DaemonSet node by node instead of reaching every node in the same second.
    `--providers.file.filename=${EDGE_FILE}`,
    '--providers.file.watch=false',

    ...edgePorts(cluster).flatMap((door) => entryPoint(cluster, door)),

    // Health and metrics on the node's address inside the cluster, never on the public one (T-10).
    `--entryPoints.metrics.address=$(HOST_IP):${ports.traefikMetrics}`,
    '--ping=true',
    '--ping.entryPoint=metrics',
    '--metrics.prometheus=true',
    '--metrics.prometheus.entryPoint=metrics',
    '--metrics.prometheus.addRoutersLabels=true',

    // No header is logged but Cloudflare's own id of the request (T-13).
    '--accesslog=true',
    '--accesslog.format=json',
    '--accesslog.fields.headers.defaultmode=drop',
    '--accesslog.fields.headers.names.Cf-Ray=keep',
  ];
}

/** How Cloudflare's requests come in. */
function entryPoint(cluster: Cluster, { name, port, tls }: EdgePort): string[] {
  const options = [
    `address=:${port}`,
    'asDefault=true',
    `http.middlewares=${ENTRY_MIDDLEWARES.map((middleware) => `${middleware}@file`).join(',')}`,
    // Only Cloudflare's word about the client is believed (T-5).
    `forwardedHeaders.trustedIPs=${edgeSources(cluster).join(',')}`,
    // Cloudflare keeps idle connections for 900 s; the side that closes first loses requests (T-4).
    'transport.respondingTimeouts.idleTimeout=910s',
    // Cloudflare gives up after 100 s; Traefik's own 60 s would cut slow uploads before that.
    'transport.respondingTimeouts.readTimeout=120s',
    // On SIGTERM: 15 s of accepting while /ping already says 503, then 30 s for what is under way (T-3).
    'transport.lifeCycle.requestAcceptGraceTimeout=15s',
    'transport.lifeCycle.graceTimeOut=30s',
    // Cloudflare passes at most 32 KB of headers on (T-7).
    'http.maxHeaderBytes=65536',
    'http.sanitizePath=true',
    'http.encodedCharacters.allowEncodedSlash=false',
    'http.encodedCharacters.allowEncodedBackSlash=false',
    'http.encodedCharacters.allowEncodedNullCharacter=false',
    'http2.maxConcurrentStreams=100',
    ...(tls ? ['http.tls=true', `http.tls.options=${TLS_OPTIONS}@file`] : []),
  ];
  return options.map((option) => `--entryPoints.${name}.${option}`);
}
