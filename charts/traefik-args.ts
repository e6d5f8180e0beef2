import { edgePort, edgeSources } from '../config/edge.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import { EDGE_FILE, ENTRY_MIDDLEWARES, ENTRY_POINT, TLS_OPTIONS } from './traefik-files.ts';

/** Traefik's static configuration. The API and its dashboard are off as long as no `--api` is given (T-10). */
export function traefikArgs(cluster: Cluster): string[] {
  const entryPoint = (option: string) => `--entryPoints.${ENTRY_POINT}.${option}`;
  return [
    '--global.checkNewVersion=false',
    '--global.sendAnonymousUsage=false',
    '--log.level=INFO',
    '--log.format=json',

    // The file alone: no Kubernetes provider, so no token and no rights (T-11). It is read once, at the start: a change
    // rolls the DaemonSet node by node instead of reaching every node in the same second.
    `--providers.file.filename=${EDGE_FILE}`,
    '--providers.file.watch=false',

    entryPoint(`address=:${edgePort(cluster)}`),
    entryPoint('asDefault=true'),
    entryPoint(`http.middlewares=${ENTRY_MIDDLEWARES.map((name) => `${name}@file`).join(',')}`),
    // Only Cloudflare's word about the client is believed (T-5).
    entryPoint(`forwardedHeaders.trustedIPs=${edgeSources(cluster).join(',')}`),
    // Cloudflare keeps idle connections for 900 s; the side that closes first loses requests (T-4).
    entryPoint('transport.respondingTimeouts.idleTimeout=910s'),
    // Cloudflare gives up after 100 s; Traefik's own 60 s would cut slow uploads before that.
    entryPoint('transport.respondingTimeouts.readTimeout=120s'),
    // On SIGTERM: 15 s of accepting while /ping already says 503, then 30 s for what is under way (T-3).
    entryPoint('transport.lifeCycle.requestAcceptGraceTimeout=15s'),
    entryPoint('transport.lifeCycle.graceTimeOut=30s'),
    // Cloudflare passes at most 32 KB of headers on (T-7).
    entryPoint('http.maxHeaderBytes=65536'),
    entryPoint('http.sanitizePath=true'),
    entryPoint('http.encodedCharacters.allowEncodedSlash=false'),
    entryPoint('http.encodedCharacters.allowEncodedBackSlash=false'),
    entryPoint('http.encodedCharacters.allowEncodedNullCharacter=false'),
    entryPoint('http2.maxConcurrentStreams=100'),
    ...(cluster.edge.tls === 'strict'
      ? [entryPoint('http.tls=true'), entryPoint(`http.tls.options=${TLS_OPTIONS}@file`)]
      : []),

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
