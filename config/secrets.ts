import { edgeHasTLS } from './edge.ts';
import { namespaces, type Workload } from './names.ts';
import type { Cluster } from './schema.ts';

/** The Secrets of the system. Those that cannot exist empty are made whole by provisioning and are not in dist/. */
export const secrets = {
  'honeydue-secrets': { namespace: namespaces.app, type: 'Opaque' },
  'honeydue-apns-key': { namespace: namespaces.app, type: 'Opaque' },
  'admin-basic-auth': { namespace: namespaces.edge, type: 'Opaque' },
  'gitea-credentials': { namespace: namespaces.app, type: 'kubernetes.io/dockerconfigjson' },
  'cloudflare-origin-cert': { namespace: namespaces.edge, type: 'kubernetes.io/tls' },
} as const;

export type SecretName = keyof typeof secrets;

/** A part of cluster.yaml without which a value is not asked for. */
interface Condition {
  readonly text: string;
  readonly holds: (cluster: Cluster) => boolean;
}

const b2Group: Condition = { text: 'cluster.yaml has b2', holds: ({ b2 }) => b2 !== undefined };
const apnsGroup: Condition = { text: 'cluster.yaml has apns', holds: ({ apns }) => apns !== undefined };
const tlsEdge: Condition = { text: 'edge.tls is both or strict', holds: edgeHasTLS };
const adminAuth: Condition = {
  text: 'edge.adminBasicAuth is true',
  holds: ({ edge }) => edge.adminBasicAuth,
};

/** One value of prod.env: where it goes, who reads it, and how to get it. Values themselves are nowhere here. */
export interface SecretKey {
  /** Its name in prod.env. */
  readonly name: string;
  readonly secret: SecretName;
  /** The key of the Secret that holds it. */
  readonly key: string;
  /** Whose pods start anew when it changes, but vmagent's, who reads it again; the pull secret is the kubelets' alone. */
  readonly readers: readonly (Workload | 'kubelet')[];
  /** An optional value may stay empty: what it serves is then off. */
  readonly required: boolean;
  readonly when?: Condition;
  readonly purpose: string;
  readonly howToGet: string;
}

/** A key of honeydue-secrets carries the name of the variable that it becomes. */
type AppSecret = Omit<SecretKey, 'secret' | 'key'>;
const appSecret = (key: AppSecret): SecretKey => ({ ...key, secret: 'honeydue-secrets', key: key.name });

const readers = ['api', 'worker'] as const;

/** Every secret value that this project knows, in the order of prod.env.example. */
export const allSecretKeys: readonly SecretKey[] = [
  appSecret({
    name: 'POSTGRES_PASSWORD',
    readers,
    required: true,
    purpose: 'password of the database role',
    howToGet: 'Neon console, Roles, reset password',
  }),
  appSecret({
    name: 'SECRET_KEY',
    readers,
    required: true,
    purpose: 'signs sessions and tokens; a new one logs everybody out',
    howToGet: 'openssl rand -base64 48',
  }),
  appSecret({
    name: 'EMAIL_HOST_USER',
    readers,
    required: true,
    purpose: 'account that sends mail',
    howToGet: 'the Fastmail login, a mail address',
  }),
  appSecret({
    name: 'EMAIL_HOST_PASSWORD',
    readers,
    required: true,
    purpose: 'password of that account',
    howToGet: 'Fastmail settings, app passwords, SMTP only',
  }),
  appSecret({
    name: 'FCM_SERVER_KEY',
    readers,
    required: true,
    purpose: 'push to Android',
    howToGet: 'Firebase console, Cloud Messaging',
  }),
  appSecret({
    name: 'B2_KEY_ID',
    readers,
    required: true,
    when: b2Group,
    purpose: 'id of the key to the upload bucket',
    howToGet: 'Backblaze console, Application Keys, limited to the bucket',
  }),
  appSecret({
    name: 'B2_APP_KEY',
    readers,
    required: true,
    when: b2Group,
    purpose: 'that key',
    howToGet: 'shown once, with its id',
  }),
  appSecret({
    name: 'REDIS_PASSWORD',
    readers: [...readers, 'redis'],
    required: false,
    purpose: 'password of Redis; empty: none is asked',
    howToGet: 'openssl rand -base64 32',
  }),
  appSecret({
    name: 'OBS_TRACES_URL',
    readers,
    required: false,
    purpose: 'where traces go; empty: none are sent',
    howToGet: 'the OTLP/HTTP address of the obs host',
  }),
  appSecret({
    name: 'OBS_INGEST_TOKEN',
    readers: [...readers, 'vmagent'],
    required: false,
    purpose: 'bearer token for metrics and traces; empty: the obs host refuses both',
    howToGet: 'the nginx gate of the obs host',
  }),
  {
    name: 'APNS_AUTH_KEY',
    secret: 'honeydue-apns-key',
    key: 'apns_auth_key.p8',
    readers,
    required: false,
    when: apnsGroup,
    purpose: 'push to iOS: the text of the .p8 file; empty: no push to iOS',
    howToGet: 'Apple developer account, Keys, Apple Push Notifications service',
  },
  {
    name: 'REGISTRY_TOKEN',
    secret: 'gitea-credentials',
    key: '.dockerconfigjson',
    readers: ['kubelet'],
    required: true,
    purpose: 'pulls the images of api, worker and admin',
    howToGet: 'Gitea settings, Applications, token with read:package only',
  },
  {
    name: 'CLOUDFLARE_ORIGIN_CERT',
    secret: 'cloudflare-origin-cert',
    key: 'tls.crt',
    readers: ['traefik'],
    required: true,
    when: tlsEdge,
    purpose: 'certificate that the servers show to Cloudflare, PEM',
    howToGet: 'Cloudflare dashboard, SSL/TLS, Origin Server; for the apex and one level below it',
  },
  {
    name: 'CLOUDFLARE_ORIGIN_KEY',
    secret: 'cloudflare-origin-cert',
    key: 'tls.key',
    readers: ['traefik'],
    required: true,
    when: tlsEdge,
    purpose: 'private key of that certificate, PEM',
    howToGet: 'shown once, with the certificate',
  },
  {
    name: 'ADMIN_BASIC_AUTH_USERS',
    secret: 'admin-basic-auth',
    key: 'users',
    readers: ['traefik'],
    required: true,
    when: adminAuth,
    purpose: 'who may open the admin panel: one name:hash a line',
    howToGet: 'htpasswd -nB NAME',
  },
];

/** The values that this deployment asks for. */
export function secretKeys(cluster: Cluster): SecretKey[] {
  return allSecretKeys.filter(({ when }) => when === undefined || when.holds(cluster));
}
