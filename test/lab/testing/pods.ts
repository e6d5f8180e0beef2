import { stringify } from 'yaml';
import type { LabHost } from '../lab.ts';
import { PROBE_IMAGE } from '../workloads/names.ts';

/** Namespace of the scenarios' pods; Pod Security `restricted` is enforced in it. */
export const NAMESPACE = 'lab-pods';

type Manifest = Readonly<Record<string, unknown>>;

/** What `restricted` asks of a container, and a read-only root as production's pods have it. */
const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 10001,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

const inNamespace = (kind: string, name: string, rest: Manifest, apiVersion = 'v1'): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace: NAMESPACE },
  ...rest,
});

export const namespaceManifest: Manifest = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

/** A pod of one container; `pod` and `container` are merged into their specifications. */
export function podManifest(
  name: string,
  image: string,
  pod: Manifest = {},
  container: Manifest = {},
): Manifest {
  const only = { name: 'one', image, securityContext: restricted, ...container };
  return inNamespace('Pod', name, { spec: { terminationGracePeriodSeconds: 1, ...pod, containers: [only] } });
}

/** One probe pod a node, answering HTTP on 8080 with its name, and a Service of type ClusterIP on port 80. */
export function probeManifests(): Manifest[] {
  const labels = { app: 'probe' };
  const container = {
    name: 'one',
    image: PROBE_IMAGE,
    args: ['serve', ':8080'],
    securityContext: restricted,
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
  };
  const template = {
    metadata: { labels },
    spec: { terminationGracePeriodSeconds: 1, containers: [container] },
  };
  return [
    inNamespace('DaemonSet', 'probe', { spec: { selector: { matchLabels: labels }, template } }, 'apps/v1'),
    inNamespace('Service', 'probe', { spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } }),
  ];
}

/** A claim of the storage class `local-path`, and a pod that writes a file to it once and then stays. */
export function claimManifests(): Manifest[] {
  const script = 'test -e /data/it || date +%s%N > /data/it; exec probe serve :8080';
  return [
    inNamespace('PersistentVolumeClaim', 'data', {
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'local-path',
        resources: { requests: { storage: '1Mi' } },
      },
    }),
    podManifest(
      'data',
      PROBE_IMAGE,
      { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
      { command: ['sh', '-c', script], volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    ),
  ];
}

/** Manifests as one YAML text for `kubectl apply -f -`. */
export function yamlOf(manifests: readonly object[]): string {
  return manifests.map((each) => stringify(each)).join('---\n');
}

/** kubectl on a host; a shell reads the words. @throws LabError with what it said */
export function kubectlOn(host: LabHost, words: string, input = ''): Promise<string> {
  return host.must(`k3s kubectl ${words}`, { input, timeoutMs: 100_000 });
}

/** A pod's name, node and address. */
export interface Placed {
  readonly name: string;
  readonly node: string;
  readonly ip: string;
}

/** Where the probe pods run. */
export async function probes(host: LabHost): Promise<Placed[]> {
  const list = JSON.parse(await kubectlOn(host, `-n ${NAMESPACE} get pods -l app=probe -o json`)) as {
    items: {
      metadata: { name: string };
      spec: { nodeName: string };
      status: { podIP?: string };
    }[];
  };
  return list.items.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    node: spec.nodeName,
    ip: status.podIP ?? '',
  }));
}

/** Looks at the network from inside a pod (`http URL`, `tcp HOST:PORT`, `dns NAME`); undefined when the try failed. */
export async function tryFrom(host: LabHost, pod: string, words: string): Promise<string | undefined> {
  const command = `k3s kubectl -n ${NAMESPACE} exec ${pod} -- probe ${words}`;
  const { exitCode, stdout } = await host.exec(command, { timeoutMs: 20_000 });
  return exitCode === 0 ? stdout.trim() : undefined;
}
