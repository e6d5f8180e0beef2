import { nodeAddresses } from '../../../config/addresses.ts';
import { addressAt } from '../../../config/cidr.ts';
import type { Cluster } from '../../../config/schema.ts';
import type { Labels } from '../../../review/objects/kinds.ts';
import type { Manifest } from '../../../synth/render.ts';
import { allPods, containersOf, ofKind } from '../find.ts';
import type { Endpoint, Target } from './evaluate.ts';

/** The names of the matrix, as addresses and pods. */

const OURS = 'honeydue';

/** Every endpoint that a name stands for; Traefik's packets, for one, have several addresses. */
export function endpoints(objects: readonly Manifest[], cluster: Cluster): Map<string, Endpoint[]> {
  const { podCIDR, serviceCIDR } = cluster.network;
  const nodes = nodeAddresses(cluster);
  const ips = (name: string, ...addresses: string[]): [string, Endpoint[]] => [
    name,
    addresses.map((ip) => ({ name: `${name} (${ip})`, ip })),
  ];
  const pod = (name: string, number: number, namespace: string, labels: Labels): [string, Endpoint[]] => [
    name,
    [
      {
        name,
        ip: addressAt(podCIDR, number),
        pod: { namespace, labels, namespaceLabels: namespaceLabels(objects, namespace), ports: [] },
      },
    ],
  ];
  const workloads = guarded(objects).map(
    ({ owner, namespace, labels, template }, i): [string, Endpoint[]] => {
      const ports = containersOf(template).flatMap((container) => container.ports ?? []);
      const [name, [endpoint]] = pod(owner.metadata.name, 600 + i, namespace, labels);
      return [name, endpoint?.pod ? [{ ...endpoint, pod: { ...endpoint.pod, ports } }] : []];
    },
  );
  return new Map([
    ...workloads,
    pod('byhand', 700, OURS, { app: 'debug' }),
    pod('stranger', 701, 'kube-system', { 'k8s-app': 'metrics-server' }),
    pod('dns', 702, 'kube-system', { 'k8s-app': 'kube-dns' }),
    // A node's address, and on the pod network those of its flannel device and of its bridge.
    ips('edge', ...nodes, addressAt(podCIDR, 256), addressAt(podCIDR, 257), addressAt(podCIDR, 512)),
    ips('node', ...nodes),
    ips('apiserver', addressAt(serviceCIDR, 1)),
    ips('metadata', '169.254.169.254'),
    ips('neighbour', '10.0.0.99', '192.168.7.7', '172.16.9.9', '100.64.1.1'),
    ips('internet', '198.51.100.7', '8.8.8.8'),
  ]);
}

/** The workloads that policies can select. */
export const guarded = (objects: readonly Manifest[]) =>
  allPods(objects).filter(({ template }) => !template.spec.hostNetwork);

function namespaceLabels(objects: readonly Manifest[], name: string): Labels {
  const declared = ofKind(objects, 'Namespace').find(({ metadata }) => metadata.name === name);
  return { ...declared?.metadata.labels, 'kubernetes.io/metadata.name': name };
}

/** `internet:mail` as a name and a port; the words are ports that cluster.yaml names. */
export function target(text: string, { database, mail, observability }: Cluster): Target & { name: string } {
  const [, name = '', port = '', protocol = 'TCP'] = /^(\w+):(\w+)(?:\/(\w+))?$/.exec(text) ?? [];
  const words: Readonly<Record<string, number>> = {
    database: database.port,
    mail: mail.port,
    obs: Number(new URL(observability.remoteWriteURL).port || 443),
  };
  return { name, port: words[port] ?? Number(port), protocol };
}
