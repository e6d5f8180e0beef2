import type { Manifest } from '../../../synth/render.ts';
import { controllerOf, one, podOf } from '../../manifests/find.ts';
import { clusterWide, type EditCase, manifest, remove } from './edit.ts';
import { claim } from './workloads.ts';

const swap = (objects: Manifest[], next: Manifest): void => {
  remove(objects, next.kind, next.metadata.name);
  objects.push(next);
};

const settings = (value: string, immutable: boolean) =>
  manifest('v1', 'ConfigMap', 'settings', { data: { value }, immutable });
const key = (type: string) => manifest('v1', 'Secret', 'key', { type });
const bound = (to: string) =>
  manifest('rbac.authorization.k8s.io/v1', 'RoleBinding', 'reader', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: to },
    subjects: [{ kind: 'ServiceAccount', name: 'api', namespace: 'honeydue' }],
  });
const job = (image: string, backoffLimit = 6) =>
  manifest('batch/v1', 'Job', 'migrate', {
    spec: {
      backoffLimit,
      suspend: true,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image }] } },
    },
  });

const boundEverywhere = (to: string) =>
  clusterWide('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'reader', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: to },
    subjects: [{ kind: 'ServiceAccount', name: 'api', namespace: 'honeydue' }],
  });
const ingressClass = (controller: string) =>
  clusterWide('networking.k8s.io/v1', 'IngressClass', 'other', { spec: { controller } });
const runtimeClass = (handler: string) => clusterWide('node.k8s.io/v1', 'RuntimeClass', 'other', { handler });
const volume = (path: string) =>
  clusterWide('v1', 'PersistentVolume', 'place', {
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      hostPath: { path },
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: 'other',
    },
  });

const sizes = { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '16Mi' };
/** What the restricted profile and the quota of the namespace ask of a pod. */
const restricted = (command: string) => ({
  automountServiceAccountToken: false,
  containers: [
    {
      name: 'one',
      image: 'docker.io/library/busybox:1.37',
      command: [command],
      resources: { requests: sizes, limits: sizes },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
  ],
});
const pod = (command: string) => manifest('v1', 'Pod', 'alone', { spec: restricted(command) });
const replicaSet = (labels: Record<string, string>) =>
  manifest('apps/v1', 'ReplicaSet', 'set', {
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels: { app: 'set', tier: 'one' } }, spec: restricted('sleep') },
    },
  });

/** Edits that the API server does not take, and those next to them that it does. */
export const refusedEdits: readonly EditCase[] = [
  ...(['api', 'traefik', 'redis'] as const).map((name): EditCase => {
    const [kind, namespace] = {
      api: ['Deployment', 'honeydue'],
      traefik: ['DaemonSet', 'traefik'],
      redis: ['StatefulSet', 'honeydue'],
    }[name];
    return {
      name: `another selector of ${name}`,
      objects: (objects) => {
        const { matchLabels } = controllerOf(objects, name).spec.selector;
        Object.assign(matchLabels ?? {}, { 'app.kubernetes.io/instance': name });
      },
      impact: 'refused by the API',
      subject: `${kind} ${namespace}/${name}`,
      says: 'cannot change',
    };
  }),
  {
    name: "a label of pods that their Deployment's selector names",
    objects: (objects) => {
      Object.assign(podOf(objects, 'admin').metadata?.labels ?? {}, { 'app.kubernetes.io/name': 'panel' });
    },
    impact: 'refused by the API',
    subject: 'Deployment honeydue/admin',
    says: "its selector no longer matches its pods' labels",
  },
  {
    name: 'another governing Service of a StatefulSet',
    objects: (objects) => {
      controllerOf(objects, 'redis').spec.serviceName = 'redis';
    },
    impact: 'refused by the API',
    subject: 'StatefulSet honeydue/redis',
    says: 'spec.serviceName cannot change',
  },
  {
    name: 'pods of a StatefulSet side by side',
    objects: (objects) =>
      Object.assign(controllerOf(objects, 'redis').spec, { podManagementPolicy: 'Parallel' }),
    impact: 'refused by the API',
    subject: 'StatefulSet honeydue/redis',
  },
  {
    name: 'another fixed address of a Service',
    objects: (objects) => {
      one(objects, 'Service', 'api').spec.clusterIP = '10.43.0.30';
    },
    impact: 'refused by the API',
    subject: 'Service honeydue/api',
    says: 'spec.clusterIP cannot change',
  },
  {
    name: 'a Service that is headless no longer',
    objects: (objects) => {
      one(objects, 'Service', 'api-pods').spec.clusterIP = '10.43.0.31';
    },
    impact: 'refused by the API',
    subject: 'Service honeydue/api-pods',
  },
  {
    name: 'a StorageClass that deletes volumes',
    objects: (objects) => {
      one(objects, 'StorageClass', 'honeydue-retain').reclaimPolicy = 'Delete';
    },
    impact: 'refused by the API',
    subject: 'StorageClass honeydue-retain',
  },
  {
    name: 'parameters of a StorageClass',
    objects: (objects) =>
      Object.assign(one(objects, 'StorageClass', 'honeydue-retain'), { parameters: { nodePath: '/data' } }),
    impact: 'refused by the API',
    subject: 'StorageClass honeydue-retain',
  },
  {
    name: 'volumes that may grow',
    objects: (objects) => {
      one(objects, 'StorageClass', 'honeydue-retain').allowVolumeExpansion = true;
    },
    impact: 'config only',
    subject: 'StorageClass honeydue-retain',
  },
  {
    name: 'another value of a PriorityClass',
    objects: (objects) => {
      one(objects, 'PriorityClass', 'honeydue-app').value = 5;
    },
    impact: 'refused by the API',
    subject: 'PriorityClass honeydue-app',
  },
  {
    name: 'another description of a PriorityClass',
    objects: (objects) => Object.assign(one(objects, 'PriorityClass', 'honeydue-app'), { description: 'x' }),
    impact: 'config only',
    subject: 'PriorityClass honeydue-app',
  },
  {
    name: 'another type of a Secret',
    given: [key('Opaque')],
    objects: (objects) => swap(objects, key('honeydue.dev/other')),
    impact: 'refused by the API',
    subject: 'Secret honeydue/key',
  },
  {
    name: 'content of a ConfigMap that says it never changes',
    given: [settings('a', true)],
    objects: (objects) => swap(objects, settings('b', true)),
    impact: 'refused by the API',
    subject: 'ConfigMap honeydue/settings',
  },
  {
    name: 'a ConfigMap that never changes from now on',
    given: [settings('a', false)],
    objects: (objects) => swap(objects, settings('b', true)),
    impact: 'config only',
    subject: 'ConfigMap honeydue/settings',
  },
  {
    name: 'another role of a binding',
    given: [bound('reader')],
    objects: (objects) => swap(objects, bound('writer')),
    impact: 'refused by the API',
    subject: 'RoleBinding honeydue/reader',
  },
  {
    name: 'another image of a Job',
    given: [job('docker.io/library/busybox:1.36')],
    objects: (objects) => swap(objects, job('docker.io/library/busybox:1.37')),
    impact: 'refused by the API',
    subject: 'Job honeydue/migrate',
  },
  {
    name: 'more tries of a Job',
    given: [job('docker.io/library/busybox:1.36')],
    objects: (objects) => swap(objects, job('docker.io/library/busybox:1.36', 9)),
    impact: 'config only',
    subject: 'Job honeydue/migrate',
  },
  {
    name: 'another role of a binding for the whole cluster',
    given: [boundEverywhere('view')],
    objects: (objects) => swap(objects, boundEverywhere('edit')),
    impact: 'refused by the API',
    subject: 'ClusterRoleBinding reader',
  },
  {
    name: 'another selector of a ReplicaSet',
    given: [replicaSet({ app: 'set' })],
    objects: (objects) => swap(objects, replicaSet({ app: 'set', tier: 'one' })),
    impact: 'refused by the API',
    subject: 'ReplicaSet honeydue/set',
  },
  {
    name: 'another command of a pod',
    given: [pod('sleep')],
    objects: (objects) => swap(objects, pod('cat')),
    impact: 'refused by the API',
    subject: 'Pod honeydue/alone',
  },
  {
    name: 'another place of a volume',
    given: [volume('/data/a')],
    objects: (objects) => swap(objects, volume('/data/b')),
    impact: 'refused by the API',
    subject: 'PersistentVolume place',
  },
  {
    name: 'another controller of an IngressClass',
    given: [ingressClass('honeydue.dev/one')],
    objects: (objects) => swap(objects, ingressClass('honeydue.dev/two')),
    impact: 'refused by the API',
    subject: 'IngressClass other',
  },
  {
    name: 'another handler of a RuntimeClass',
    given: [runtimeClass('one')],
    objects: (objects) => swap(objects, runtimeClass('two')),
    impact: 'refused by the API',
    subject: 'RuntimeClass other',
  },
  {
    name: 'a claim of another class',
    given: [claim('data', '1Gi')],
    objects: (objects) => {
      const next = claim('data', '1Gi');
      swap(objects, { ...next, spec: { ...(next.spec as object), storageClassName: 'local-path' } });
    },
    impact: 'refused by the API',
    subject: 'PersistentVolumeClaim honeydue/data',
  },
  {
    name: 'a claim that shrinks',
    given: [claim('data', '2Gi')],
    objects: (objects) => swap(objects, claim('data', '1Gi')),
    impact: 'refused by the API',
    subject: 'PersistentVolumeClaim honeydue/data',
    says: 'a claim cannot shrink',
  },
  {
    name: 'a claim that grows where its class does not let it',
    given: [claim('data', '1Gi')],
    objects: (objects) => swap(objects, claim('data', '2Gi')),
    impact: 'refused by the API',
    subject: 'PersistentVolumeClaim honeydue/data',
    says: 'does not let claims grow',
  },
];
