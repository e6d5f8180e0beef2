/** Names, tags and credentials of what the lab's stand-ins offer. Lab values: none is a secret. */

export const GITEA = 'gitea.treytartt.com';
/** Where containerd looks for images of docker.io. */
export const DOCKER_HUB = 'registry-1.docker.io';
export const OBS_HOST = 'obs.88oakapps.com';
export const MAIL_HOST = 'smtp.fastmail.com';

/** Production's names for what the services stand in for; in the lab's DNS all have the services' address. */
export const PRODUCTION_NAMES = [GITEA, DOCKER_HUB, OBS_HOST, MAIL_HOST] as const;

/** Account that may pull from (and push to) the stand-in of the Gitea registry. */
export const REGISTRY_ACCOUNT = { username: 'admin', password: 'lab-registry-password' } as const;

/** Bearer token that the stand-in of the observability host accepts at first (`PUT /lab/tokens` changes it). */
export const OBS_TOKEN = 'lab-obs-token';

/** Password that the mail stand-in accepts from any account. */
export const MAIL_PASSWORD = 'lab-mail-password';

/** Ports in the services namespace; `front` ends TLS for the registry and the observability host. */
export const PORTS = { registry: 5000, obs: 4318, mail: 587, mailbox: 5870, front: 443 } as const;

/**
 * Tags of the app images, in the form of a short commit hash as in production. `old` and `next` behave alike and
 * tell themselves apart by version, `slow` takes 60 s to start, `broken` starts but never becomes ready.
 */
export const TAGS = { old: '237c6b8', next: '9d0e1f2', slow: '5104e57', broken: 'badc0de' } as const;

export type AppName = 'api' | 'worker' | 'admin';
export type Tag = keyof typeof TAGS;

/** Full name of an app image. */
export function appImage(name: AppName, tag: Tag): string {
  return `${GITEA}/admin/honeydue-${name}:${TAGS[tag]}`;
}

export const TRAEFIK_VERSION = 'v3.6.13';

/** Images of other people's programs, under the names that production pulls. */
export const REDIS_IMAGE = 'docker.io/library/redis:7-alpine';
export const TRAEFIK_IMAGE = `docker.io/library/traefik:${TRAEFIK_VERSION}`;
export const VMAGENT_IMAGE = 'docker.io/victoriametrics/vmagent:v1.79.5';

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
