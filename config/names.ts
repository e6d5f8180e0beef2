/** Names of objects that more than one file refers to. They never change: the API server would make new objects. */
export const namespaces = { app: 'honeydue', edge: 'traefik' } as const;

export const priorityClasses = { edge: 'honeydue-edge', app: 'honeydue-app' } as const;

/** Keeps the volume when its claim is deleted; k3s' own `local-path` deletes it. */
export const storageClass = 'honeydue-retain';

export const appConfigMap = 'honeydue-config';

/** Prefix of our own annotations. */
export const annotationDomain = 'honeydue.dev';

export type Workload = 'api' | 'worker' | 'admin' | 'redis' | 'traefik' | 'vmagent';
