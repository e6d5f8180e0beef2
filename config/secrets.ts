import { namespaces, type Workload } from './names.ts';
import type { Cluster } from './schema.ts';

/** One value of prod.env: where it goes, who reads it, and how to get it. Values themselves are nowhere here. */
export interface SecretKey {
  /** Name in prod.env. */
  readonly name: string;
  /** The Secret and the key in it that hold the value. Several names make one key when `key` is built from them. */
  readonly secret: SecretName;
  readonly key: string;
  /** The workloads whose pods start anew when the value changes; the kubelets for the pull secret. */
  readonly readers: readonly (Workload | 'kubelet')[];
  /** Optional values may be left empty: what they serve is then off. */
  readonly required: boolean;
  readonly purpose: string;
  readonly howToGet: string;
}

/** The Secrets of the system. Those that cannot exist empty are made whole by provisioning and are not in dist/. */
export const secrets = {
  'honeydue-secrets': { namespace: namespaces.app, type: 'Opaque' },
  'honeydue-apns-key': { namespace: namespaces.app, type: 'Opaque' },
  'admin-basic-auth': { namespace: namespaces.edge, type: 'Opaque' },
  'gitea-credentials': { namespace: namespaces.app, type: 'kubernetes.io/dockerconfigjson' },
  'cloudflare-origin-cert': { namespace: namespaces.edge, type: 'kubernetes.io/tls' },
} as const;

export type SecretName = keyof typeof secrets;

const API_AND_WORKER = ['api', 'worker'] as const;

/** A key of honeydue-secrets, which carries the name of the variable it becomes. */
const appSecret = (
  name: string,
  required: boolean,
  purpose: string,
  howToGet: string,
  readers: readonly Workload[] = API_AND_WORKER,
): SecretKey => ({ name, secret: 'honeydue-secrets', key: name, readers, required, purpose, howToGet });

/** Every secret value that this deployment needs: what it needs follows from cluster.yaml. */
export function secretKeys(cluster: Cluster): SecretKey[] {
  return [
    appSecret(
      'POSTGRES_PASSWORD',
      true,
      'password of the database role',
      'Neon console, Roles, reset password',
    ),
    appSecret(
      'SECRET_KEY',
      true,
      'signs sessions and tokens; changing it logs everybody out',
      'openssl rand -base64 48',
    ),
    appSecret('EMAIL_HOST_USER', true, 'account that sends mail', 'the Fastmail login, a mail address'),
    appSecret(
      'EMAIL_HOST_PASSWORD',
      true,
      'password of that account',
      'Fastmail settings, app passwords, SMTP',
    ),
    appSecret('FCM_SERVER_KEY', true, 'push to Android', 'Firebase console, Cloud Messaging'),
    ...(cluster.b2 ? b2Keys() : []),
    appSecret('REDIS_PASSWORD', false, 'password of Redis; empty: none is asked', 'openssl rand -base64 32', [
      ...API_AND_WORKER,
      'redis',
    ]),
    appSecret(
      'OBS_TRACES_URL',
      false,
      'where traces go; empty: none are sent',
      'the OTLP/HTTP URL of the obs host',
    ),
    appSecret(
      'OBS_INGEST_TOKEN',
      false,
      'bearer token for metrics and traces',
      'the nginx gate of the obs host',
      [...API_AND_WORKER, 'vmagent'],
    ),
    ...(cluster.apns ? [apnsKey] : []),
    registryToken,
    ...(cluster.edge.tls === 'strict' ? originCertificate : []),
    ...(cluster.edge.adminBasicAuth ? [adminUsers] : []),
  ];
}

function b2Keys(): SecretKey[] {
  const howToGet = 'Backblaze console, Application Keys, limited to the bucket';
  return [
    appSecret('B2_KEY_ID', true, 'id of the key to the upload bucket', howToGet),
    appSecret('B2_APP_KEY', true, 'the key itself', howToGet),
  ];
}

const apnsKey: SecretKey = {
  name: 'APNS_AUTH_KEY',
  secret: 'honeydue-apns-key',
  key: 'apns_auth_key.p8',
  readers: API_AND_WORKER,
  required: false,
  purpose: 'push to iOS: the text of the .p8 file; empty: no push to iOS',
  howToGet: 'Apple developer account, Keys, Apple Push Notifications',
};

const registryToken: SecretKey = {
  name: 'REGISTRY_TOKEN',
  secret: 'gitea-credentials',
  key: '.dockerconfigjson',
  readers: ['kubelet'],
  required: true,
  purpose: 'pulls the images of api, worker and admin',
  howToGet: 'Gitea settings, Applications, token with read:package only',
};

const originCertificate: SecretKey[] = [
  {
    name: 'CLOUDFLARE_ORIGIN_CERT',
    secret: 'cloudflare-origin-cert',
    key: 'tls.crt',
    readers: ['traefik'],
    required: true,
    purpose: 'certificate that the servers show to Cloudflare, PEM',
    howToGet: 'Cloudflare dashboard, SSL/TLS, Origin Server; for the apex and one level below it',
  },
  {
    name: 'CLOUDFLARE_ORIGIN_KEY',
    secret: 'cloudflare-origin-cert',
    key: 'tls.key',
    readers: ['traefik'],
    required: true,
    purpose: 'private key of that certificate, PEM',
    howToGet: 'shown once, with the certificate',
  },
];

const adminUsers: SecretKey = {
  name: 'ADMIN_BASIC_AUTH_USERS',
  secret: 'admin-basic-auth',
  key: 'users',
  readers: ['traefik'],
  required: true,
  purpose: 'who may open the admin panel: one user:hash a line',
  howToGet: 'htpasswd -nB NAME',
};
