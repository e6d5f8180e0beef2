import ipaddr from 'ipaddr.js';
import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { LabError } from './core/errors.ts';
import { type HostSpec, PRODUCTION_HOSTS } from './hosts/spec.ts';
import { NEWEST } from './k3s/releases.ts';
import { CLIENTS, type Client } from './network/topology.ts';

/** How a scenario's cluster differs from production's beyond its addresses. */
export interface LabCluster {
  /** hetzner: the cloud emulator makes the servers; static: the scenario's hosts are there. */
  readonly provider: 'hetzner' | 'static';
  /** Release of k3s (default: the lab's newest). */
  readonly version?: string;
}

/**
 * Production's cluster.yaml for the lab: nodes with the lab's addresses, Cloudflare's and the operator's ranges as the
 * lab declares them, a release that the lab serves, tags without digests. Names, images, domains and sizes stay as they are.
 * @param text cluster.yaml; its comments are kept
 * @throws LabError when a node is not one of the lab's production hosts
 */
export function labClusterYaml(text: string, { provider, version = NEWEST }: LabCluster): string {
  const document = parseDocument(text);
  if (provider === 'static') document.set('provider', { kind: 'static' });
  setNodes(document, provider);
  const operator = rangesOf(CLIENTS.operator);
  document.setIn(['edge', 'proxyRanges'], rangesOf(CLIENTS.edge));
  document.setIn(['firewall', 'ssh'], operator);
  document.setIn(['firewall', 'kubernetesAPI'], operator);
  document.setIn(['k3s', 'version'], version);
  withoutDigests(document);
  return document.toString({ lineWidth: 0 });
}

function setNodes(document: Document, provider: LabCluster['provider']): void {
  const nodes = document.get('nodes');
  if (!isSeq(nodes)) throw new LabError('cluster.yaml', 'nodes is not a list', 'npm run synth');
  for (const node of nodes.items) {
    if (!isMap(node)) throw new LabError('cluster.yaml', 'a node is not a map', 'npm run synth');
    const alias = String(node.get('alias'));
    const host = PRODUCTION_HOSTS.find((each) => each.alias === alias);
    if (host === undefined) {
      throw new LabError('cluster.yaml', `node ${alias} is no host of the lab`, 'see test/lab/hosts/spec.ts');
    }
    node.set('hostname', host.hostname);
    if (host.privateIPv4 !== undefined) node.set('privateIPv4', host.privateIPv4);
    node.set('publicIPv4', host.publicIPv4);
    node.set('publicIPv6', provider === 'hetzner' ? createdIPv6(host) : host.publicIPv6);
  }
}

/** The lab's images have digests of their own. */
function withoutDigests(document: Document): void {
  const images = document.get('images');
  if (!isMap(images)) return;
  for (const { key, value } of images.items)
    if (isScalar(value)) images.set(key, String(value.value).split('@')[0]);
}

/** The emulator gives a server of a production name its usual IPv4 address the first time, and the /64 of that number. */
function createdIPv6({ publicIPv4 }: HostSpec): string {
  return `2001:db8:113:${publicIPv4.split('.').at(-1)}::1`;
}

/** The networks that a place of the lab stands for, IPv4 first. */
export function rangesOf({ router4, router6 }: Client): string[] {
  const [, bits4] = ipaddr.parseCIDR(router4);
  const [, bits6] = ipaddr.parseCIDR(router6);
  return [
    `${ipaddr.IPv4.networkAddressFromCIDR(router4)}/${bits4}`,
    `${ipaddr.IPv6.networkAddressFromCIDR(router6)}/${bits6}`,
  ];
}
