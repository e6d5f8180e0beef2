import { createHash } from 'node:crypto';
import type { Workload } from './names.ts';
import { ports } from './ports.ts';
import type { Cluster } from './schema.ts';
import { type SecretKey, secretKeys } from './secrets.ts';

/**
 * The names of all variables that the applications read. Names marked (ours) are not documented by the
 * applications; they are chosen in the style of the known ones and changed here alone if one proves wrong.
 */

/** The content of ConfigMap honeydue-config. */
export function appConfig(cluster: Cluster): Record<string, string> {
  const { app, database, b2, apns, mail } = cluster;
  return {
    DB_HOST: database.host,
    DB_PORT: String(database.port), // (ours)
    DB_SSLMODE: database.sslMode,
    POSTGRES_DB: database.name,
    POSTGRES_USER: database.user, // (ours)
    DEBUG: String(app.debug),
    EMAIL_HOST: mail.host, // (ours)
    EMAIL_PORT: String(mail.port), // (ours)
    REDIS_HOST: 'redis', // (ours)
    REDIS_PORT: String(ports.redis), // (ours)
    ...(b2 && { B2_BUCKET: b2.bucket, B2_ENDPOINT: b2.endpoint }), // (ours)
    ...(apns && { APNS_TOPIC: apns.topic }),
    ...(app.appleClientID !== undefined && { APPLE_CLIENT_ID: app.appleClientID }),
    ...(app.tracesSamplerArg !== undefined && { OTEL_TRACES_SAMPLER_ARG: String(app.tracesSamplerArg) }),
  };
}

/** The keys of honeydue-secrets that a workload takes as variables. */
export function secretVariables(cluster: Cluster, reader: Workload): SecretKey[] {
  return secretKeys(cluster).filter(
    ({ secret, readers }) => secret === 'honeydue-secrets' && readers.includes(reader),
  );
}

/** A short fingerprint of configuration data, which rolls the pods that read it. Never used on secrets. */
export function contentHash(data: Record<string, string>): string {
  const sorted = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}
