import { join } from 'node:path';
import { loadCluster } from '../../../config/load.ts';

/** Names, tags and credentials of what the lab's stand-ins offer. Lab values: none is a secret. */

// Production's own names, so that dist/ runs in the lab as it is committed.
const cluster = loadCluster(join(__dirname, '../../../cluster.yaml'));

export const GITEA = cluster.registry.host;
/** Where containerd looks for images of docker.io. */
export const DOCKER_HUB = 'registry-1.docker.io';
export const OBS_HOST = new URL(cluster.observability.remoteWriteURL).hostname;
export const MAIL_HOST = cluster.mail.host;

/** Production's names for what the services stand in for; in the lab's DNS all have the services' address. */
export const PRODUCTION_NAMES = [GITEA, DOCKER_HUB, OBS_HOST, MAIL_HOST] as const;

/** Account that may pull from (and push to) the stand-in of the Gitea registry. */
export const REGISTRY_ACCOUNT = {
  username: cluster.registry.user,
  password: 'lab-registry-password',
} as const;

/** Bearer token that the stand-in of the observability host accepts at first (`PUT /lab/tokens` changes it). */
export const OBS_TOKEN = 'lab-obs-token';

/** Password that the mail stand-in accepts from any account. */
export const MAIL_PASSWORD = 'lab-mail-password';

/** Ports in the services namespace; `front` ends TLS for the registry and the observability host. */
export const PORTS = {
  registry: 5000,
  obs: 4318,
  mail: cluster.mail.port,
  mailbox: 5870,
  front: 443,
} as const;

export type AppName = 'api' | 'worker' | 'admin';

/**
 * What an app image is. `old` is what cluster.yaml names; `next` behaves alike and tells itself apart by version, `slow`
 * takes 60 s to start, `broken` starts but never becomes ready.
 */
export const TAGS = ['old', 'next', 'slow', 'broken'] as const;
export type Tag = (typeof TAGS)[number];

/** In the form of a short commit hash, as production's. */
const FURTHER = { next: '9d0e1f2', slow: '5104e57', broken: 'badc0de' } as const;

interface ImageName {
  /** With registry, without tag. */
  readonly repository: string;
  readonly tag: string;
}

/** Takes a name of cluster.yaml apart; a digest is left out: the lab's images have their own. */
function imageName(text: string): ImageName {
  const [named = ''] = text.split('@');
  const colon = named.lastIndexOf(':');
  return { repository: named.slice(0, colon), tag: named.slice(colon + 1) };
}

function withoutDigest(text: string): string {
  const { repository, tag } = imageName(text);
  return `${repository}:${tag}`;
}

/** Version that an app image tells: its tag, as in production. */
export function appVersion(name: AppName, tag: Tag): string {
  return tag === 'old' ? imageName(cluster.images[name]).tag : FURTHER[tag];
}

/** Full name of an app image. */
export function appImage(name: AppName, tag: Tag): string {
  return `${imageName(cluster.images[name]).repository}:${appVersion(name, tag)}`;
}

/** Images of other people's programs, under the names that production pulls. */
export const REDIS_IMAGE = withoutDigest(cluster.images.redis);
export const TRAEFIK_IMAGE = withoutDigest(cluster.images.traefik);
export const VMAGENT_IMAGE = withoutDigest(cluster.images.vmagent);

/** Release of Traefik's module that is built. */
export const TRAEFIK_VERSION = imageName(cluster.images.traefik).tag;

/** A shell (busybox) and the probe program, for scenarios that look at the network from inside a pod. */
export const PROBE_IMAGE = 'docker.io/library/lab-probe:1';

/** registries.yaml of a host: both registries answered by the stand-in; credentials come from the pull secret alone. */
export function registriesYaml(endpoint = `http://registry.lab:${PORTS.registry}`): string {
  const mirror = (name: string): string => `  ${name}:\n    endpoint: ["${endpoint}"]\n`;
  return `mirrors:\n${mirror('docker.io')}${mirror(GITEA)}`;
}

/** Content of the pull secret's `.dockerconfigjson`. */
export function dockerConfigJson(account: { username: string; password: string } = REGISTRY_ACCOUNT): string {
  const auth = Buffer.from(`${account.username}:${account.password}`).toString('base64');
  return JSON.stringify({ auths: { [GITEA]: { ...account, auth } } });
}
