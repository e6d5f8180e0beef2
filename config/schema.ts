import { z } from 'zod';
import * as value from './values.ts';

/**
 * The shape of cluster.yaml: every fact of the deployment that an operator may change. What one key cannot
 * know of another is in rules.ts; the comments that an operator reads are in cluster.yaml itself.
 */

const sizes = z.strictObject({
  cpu: value.cpu,
  memory: value.memory,
  'ephemeral-storage': value.memory,
});

/** Kubernetes' own shape: what the scheduler reserves, and what the kernel allows at most. */
const resources = z.strictObject({ requests: sizes, limits: sizes });

const node = z.strictObject({
  alias: value.hostname,
  hostname: value.hostname,
  privateIPv4: value.ipv4.optional(),
  publicIPv4: value.ipv4.optional(),
  publicIPv6: value.ipv6.optional(),
});

const provider = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('hetzner'),
    location: value.word('a location such as nbg1'),
    serverType: value.word('a server type such as cx33'),
    image: value.word('an image such as ubuntu-24.04'),
  }),
  z.strictObject({ kind: z.literal('static'), user: value.user.optional() }),
]);

const network = z.strictObject({
  privateCIDR: value.cidrV4.optional(),
  podCIDR: value.cidrV4,
  serviceCIDR: value.cidrV4,
});

const edge = z.strictObject({
  tls: z.enum(['flexible', 'both', 'strict']),
  rateLimit: z.strictObject({
    average: value.count(1, 10_000),
    burst: value.count(1, 10_000),
    inFlight: value.count(1, 10_000),
  }),
  adminBasicAuth: value.yes,
  proxyRanges: z
    .array(value.cidr, { error: 'a list of networks' })
    .min(1, { error: 'at least one network' })
    .optional(),
  originPullCA: z
    .string({ error: 'the PEM text of a CA certificate' })
    .startsWith('-----BEGIN CERTIFICATE-----', { error: 'the PEM text of a CA certificate' })
    .optional(),
});

const app = z.strictObject({
  debug: value.yes,
  appleClientID: value.word('the Apple sign-in client id').optional(),
  tracesSamplerArg: z
    .number({ error: 'a ratio from 0 to 1' })
    .min(0, { error: 'a ratio from 0 to 1' })
    .max(1, { error: 'a ratio from 0 to 1' })
    .optional(),
});

/** Where images of one registry are pulled from instead; the first endpoint that answers serves. */
const mirror = z.strictObject({
  host: value.domain,
  endpoints: z.array(value.httpURL, { error: 'a list of URLs' }).min(1, { error: 'at least one URL' }),
});

/** Why `worker.replicas` is a key at all: the question comes up, and the answer belongs where it is asked. */
const ONE_WORKER =
  '1: the worker holds the job scheduler, and a second copy would run every periodic job twice';

export const clusterSchema = z.strictObject({
  provider,
  nodes: z.array(node, { error: 'a list of nodes' }),
  network,
  k3s: z.strictObject({
    version: value.k3sVersion,
    sha256: value.sha256.optional(),
    releases: value.httpURL.optional(),
  }),
  domains: z.strictObject({ apex: value.domain, api: value.domain, admin: value.domain }),
  edge,
  firewall: z.strictObject({
    ssh: z.array(value.cidr, { error: 'a list of networks' }),
    kubernetesAPI: z.array(value.cidr, { error: 'a list of networks' }),
  }),
  operators: z
    .array(value.publicKey, { error: 'a list of OpenSSH public keys' })
    .min(1, { error: 'at least one key, or nobody could log in' })
    .optional(),
  images: z.strictObject({
    api: value.image,
    worker: value.image,
    admin: value.image,
    redis: value.image,
    traefik: value.image,
    vmagent: value.image,
  }),
  workloads: z.strictObject({
    api: z.strictObject({ replicas: value.count(2, 20), resources }),
    worker: z.strictObject({ replicas: z.literal(1, { error: ONE_WORKER }), resources }),
    admin: z.strictObject({ replicas: value.count(1, 20), resources }),
    redis: z.strictObject({
      node: value.hostname,
      volume: value.memory,
      maxmemory: value.memory,
      resources,
    }),
    traefik: z.strictObject({ resources }),
    vmagent: z.strictObject({ queue: value.memory, resources }),
  }),
  app,
  database: z.strictObject({
    host: value.domain,
    port: value.port,
    name: value.word('a database name; upper and lower case count'),
    user: value.word('a database role'),
    sslMode: z.enum(['require', 'verify-ca', 'verify-full']),
  }),
  b2: z.strictObject({ bucket: value.word('a bucket name'), endpoint: value.domain }).optional(),
  apns: z.strictObject({ topic: value.word('the bundle id of the app') }).optional(),
  mail: z.strictObject({ host: value.domain, port: value.port }),
  registry: z.strictObject({
    host: value.domain,
    user: value.word('a user of the registry'),
    mirrors: z.array(mirror, { error: 'a list of mirrors' }).optional(),
  }),
  observability: z.strictObject({ remoteWriteURL: value.httpsURL }),
});

/** A cluster.yaml that has passed the schema and every cross-field rule. */
export type Cluster = z.output<typeof clusterSchema>;
export type Node = Cluster['nodes'][number];
export type Resources = z.output<typeof resources>;
