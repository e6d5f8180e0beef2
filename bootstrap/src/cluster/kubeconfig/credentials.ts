import { X509Certificate } from 'node:crypto';
import { parse } from 'yaml';
import { Secret } from '../../secrets/secret.ts';

/** What proves to the cluster who asks, and to us that it is the cluster. PEM texts. */
export interface Credentials {
  /** Of the authority that signed the servers' certificates. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: Secret;
}

export interface Kubeconfig {
  readonly clusters?: readonly { readonly name: string; readonly cluster: ClusterEntry }[];
  readonly users?: readonly { readonly name: string; readonly user: UserEntry }[];
  readonly contexts?: readonly { readonly name: string; readonly context: ContextEntry }[];
  readonly 'current-context'?: string;
}

export interface ClusterEntry {
  readonly server: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
}

interface UserEntry {
  readonly 'client-certificate-data'?: string;
  readonly 'client-key-data'?: string;
}

interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
}

/**
 * The credentials of a user and its cluster in a kubeconfig.
 * @returns undefined when they are not there, or not whole
 */
export function credentialsIn(text: string, user: string, cluster: string): Credentials | undefined {
  const { users = [], clusters = [] } = (parse(text) ?? {}) as Kubeconfig;
  const { user: own = {} } = users.find(({ name }) => name === user) ?? {};
  const { cluster: there } = clusters.find(({ name }) => name === cluster) ?? {};
  const authority = decoded(there?.['certificate-authority-data']);
  const certificate = decoded(own['client-certificate-data']);
  const key = decoded(own['client-key-data']);
  return authority && certificate && key ? { authority, certificate, key: new Secret(key) } : undefined;
}

const decoded = (data: string | undefined) => Buffer.from(data ?? '', 'base64').toString();
export const encoded = (text: string) => Buffer.from(text).toString('base64');

/** Milliseconds since the epoch; 0 for what is no certificate. */
export function endOf(certificate: string): number {
  try {
    return Date.parse(new X509Certificate(certificate).validTo);
  } catch {
    return 0;
  }
}
