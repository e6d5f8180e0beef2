import { stringify } from 'yaml';
import { clusterIP } from '../config/addresses.ts';
import { edgeHasTLS, edgePorts } from '../config/edge.ts';
import { ports } from '../config/ports.ts';
import type { Cluster } from '../config/schema.ts';
import type { SecretName } from '../config/secrets.ts';

/** Where ConfigMap traefik-config is mounted. Not /etc/traefik: a traefik.yaml there would replace the arguments. */
export const FILES = '/etc/edge';
export const EDGE_FILE = `${FILES}/edge.yaml`;
const ORIGIN_PULL_CA = 'origin-pull-ca.pem';

/** What every request passes, whatever its route, in this order: the headers are on refusals too. */
export const ENTRY_MIDDLEWARES = ['security-headers', 'rate-limit', 'in-flight', 'retry'];
/** A named option: if the file were unreadable, Traefik would refuse it, but fall back to weak defaults for `default` (T-9). */
export const TLS_OPTIONS = 'edge';

/** A Secret that Traefik reads as files. */
export interface EdgeSecret {
  readonly name: string;
  readonly secretName: SecretName;
  readonly keys: readonly string[];
  readonly mountPath: string;
}

const CERTIFICATE: EdgeSecret = {
  name: 'certificate',
  secretName: 'cloudflare-origin-cert',
  keys: ['tls.crt', 'tls.key'],
  mountPath: '/etc/edge-certificate',
};

const ADMIN_USERS: EdgeSecret = {
  name: 'admin-users',
  secretName: 'admin-basic-auth',
  keys: ['users'],
  mountPath: '/etc/edge-users',
};

/** The Secrets that Traefik needs in this edge mode. */
export function edgeSecrets(cluster: Cluster): EdgeSecret[] {
  return [
    ...(edgeHasTLS(cluster) ? [CERTIFICATE] : []),
    ...(cluster.edge.adminBasicAuth ? [ADMIN_USERS] : []),
  ];
}

/** The files of ConfigMap traefik-config. */
export function traefikFiles(cluster: Cluster): Record<string, string> {
  const { edge } = cluster;
  const dynamic = { http: http(cluster), ...(edgeHasTLS(cluster) && { tls: tls(cluster) }) };
  return {
    // No folded lines and no anchors: each rule reads as it is.
    'edge.yaml': stringify(dynamic, { lineWidth: 0, aliasDuplicateObjects: false }),
    ...(edge.originPullCA !== undefined && { [ORIGIN_PULL_CA]: edge.originPullCA }),
  };
}

function http(cluster: Cluster) {
  const { domains, edge } = cluster;
  const router = (domain: string, service: string, extra: object = {}) => ({
    entryPoints: edgePorts(cluster).map(({ name }) => name),
    rule: `Host(\`${domain}\`)`,
    service,
    ...extra,
  });
  // The api serves its metrics on its public port; from outside they do not exist.
  const api = (domain: string) => ({
    ...router(domain, 'api'),
    rule: `Host(\`${domain}\`) && !PathPrefix(\`/metrics\`)`,
  });
  const adminMiddlewares = ['no-frames', ...(edge.adminBasicAuth ? ['admin-auth'] : [])];
  return {
    routers: {
      api: api(domains.api),
      landing: api(domains.apex),
      admin: router(domains.admin, 'admin', { middlewares: adminMiddlewares }),
    },
    middlewares: middlewares(cluster),
    services: {
      api: backend(clusterIP(cluster, 'api'), ports.api),
      admin: backend(clusterIP(cluster, 'admin'), ports.admin),
    },
    serversTransports: {
      // A fresh connection for each request: kube-proxy then never sends one to a pod that has gone (T-11).
      fresh: { maxIdleConnsPerHost: -1, forwardingTimeouts: { dialTimeout: '1s' } },
    },
  };
}

const backend = (address: string, port: number) => ({
  loadBalancer: { servers: [{ url: `http://${address}:${port}` }], serversTransport: 'fresh' },
});

const ONE_YEAR_IN_SECONDS = 31_536_000;

function middlewares({ edge }: Cluster) {
  // Cloudflare appends the client's address to X-Forwarded-For: the last one is the one that nobody can forge (T-6).
  // An IPv6 client has a whole /64 to send from.
  const sourceCriterion = { ipStrategy: { depth: 1, ipv6Subnet: 64 } };
  const { average, burst, inFlight } = edge.rateLimit;
  return {
    'security-headers': {
      headers: {
        stsSeconds: ONE_YEAR_IN_SECONDS,
        stsIncludeSubdomains: true,
        // In flexible mode Traefik itself sees plain HTTP, the browser does not.
        forceSTSHeader: true,
        contentTypeNosniff: true,
        referrerPolicy: 'strict-origin-when-cross-origin',
        permissionsPolicy: 'camera=(), geolocation=(), microphone=()',
        customResponseHeaders: { Server: '', 'X-Powered-By': '' },
      },
    },
    'rate-limit': { rateLimit: { average, burst, sourceCriterion } },
    'in-flight': { inFlightReq: { amount: inFlight, sourceCriterion } },
    // Only while nothing has been sent to the backend: no request is ever carried out twice.
    // Seven pauses of 400 to 800 ms: longer than a pod that crashes stays among the addresses of its Service.
    retry: { retry: { attempts: 8, initialInterval: '400ms' } },
    'no-frames': { headers: { frameDeny: true } },
    ...(edge.adminBasicAuth && {
      'admin-auth': { basicAuth: { usersFile: `${ADMIN_USERS.mountPath}/users`, removeHeader: true } },
    }),
  };
}

function tls({ edge }: Cluster) {
  const certificate = {
    certFile: `${CERTIFICATE.mountPath}/tls.crt`,
    keyFile: `${CERTIFICATE.mountPath}/tls.key`,
  };
  const options = {
    minVersion: 'VersionTLS12',
    sniStrict: true,
    ...(edge.originPullCA !== undefined && {
      clientAuth: { clientAuthType: 'RequireAndVerifyClientCert', caFiles: [`${FILES}/${ORIGIN_PULL_CA}`] },
    }),
  };
  return {
    // In the list too: sniStrict does not look at the default certificate.
    certificates: [certificate],
    stores: { default: { defaultCertificate: certificate } },
    options: { default: options, [TLS_OPTIONS]: options },
  };
}
