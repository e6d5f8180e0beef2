import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { parseCluster } from '../config/load.ts';
import type { Cluster } from '../config/schema.ts';

/** The text of the real cluster.yaml. */
export const clusterText = readFileSync(join(__dirname, '../cluster.yaml'), 'utf8');

/** The real cluster after an edit; what the edit leaves is checked as any cluster.yaml is. */
export function cluster(edit: (document: Document) => void = () => {}): Cluster {
  const document = parseDocument(clusterText);
  edit(document);
  return parseCluster(document.toString(), 'cluster.yaml');
}

/** Stands for a CA: nothing here verifies a certificate. */
const CA = '-----BEGIN CERTIFICATE-----\nnot a certificate\n-----END CERTIFICATE-----\n';
const DIGEST = `@sha256:${'0123456789abcdef'.repeat(4)}`;

/** A public key that opens nothing. */
const OPERATOR =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDO4lbkGg7+eDn+UAfV7eLCwdw6tmOckU7204qDon2+p ann@example';

function strict(document: Document): void {
  document.setIn(['edge', 'tls'], 'strict');
}

/** Every switch that an operator may turn, in a few clusters. Each is a function, so that a test pays for what it uses. */
export const variants = {
  'as it is': () => cluster(),
  'strict edge': () => cluster(strict),
  'edge on both ports': () => cluster((document) => document.setIn(['edge', 'tls'], 'both')),
  'strict edge with client certificates and a password for admin': () =>
    cluster((document) => {
      strict(document);
      document.setIn(['edge', 'originPullCA'], CA);
      document.setIn(['edge', 'adminBasicAuth'], true);
      document.setIn(['edge', 'proxyRanges'], ['198.51.100.0/24', '2001:db8:1::/48']);
    }),
  'without b2 and apns': () =>
    cluster((document) => {
      document.delete('b2');
      document.delete('apns');
      document.deleteIn(['app', 'tracesSamplerArg']);
    }),
  'hosts without a private network': () =>
    cluster((document) => {
      document.set('provider', { kind: 'static' });
      document.deleteIn(['network', 'privateCIDR']);
      for (const i of [0, 1, 2]) document.deleteIn(['nodes', i, 'privateIPv4']);
    }),
  'servers that do not exist yet': () =>
    cluster((document) => {
      for (const i of [0, 1, 2]) {
        document.deleteIn(['nodes', i, 'publicIPv4']);
        document.deleteIn(['nodes', i, 'publicIPv6']);
      }
    }),
  'five servers, more replicas, digests, debug, operators, mirrors': () =>
    cluster((document) => {
      for (const [i, n] of [5, 6].entries()) {
        document.addIn(['nodes'], {
          alias: `hetzner${n}`,
          hostname: `ubuntu-8gb-nbg1-${n}`,
          privateIPv4: `10.0.0.${n}`,
          publicIPv4: `203.0.113.${i + 1}`,
          publicIPv6: `2001:db8::${i + 1}`,
        });
      }
      document.setIn(['workloads', 'api', 'replicas'], 5);
      document.setIn(['workloads', 'admin', 'replicas'], 2);
      for (const image of ['api', 'redis', 'traefik']) {
        document.setIn(['images', image], `${document.getIn(['images', image])}${DIGEST}`);
      }
      document.setIn(['app', 'debug'], true);
      document.setIn(['app', 'appleClientID'], 'com.myhoneydue.signin');
      document.setIn(['observability', 'remoteWriteURL'], 'https://obs.example.com:8443/api/v1/write');
      document.setIn(['mail', 'port'], 465);
      document.set('operators', [OPERATOR]);
      document.setIn(
        ['registry', 'mirrors'],
        [{ host: 'docker.io', endpoints: ['https://mirror.example.com'] }],
      );
    }),
} satisfies Record<string, () => Cluster>;
