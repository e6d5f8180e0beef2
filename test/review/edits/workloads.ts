import { ofKind } from '../../../review/objects/find.ts';
import { containerOf, controllerOf, one, podOf } from '../../manifests/find.ts';
import { type EditCase, firstOf, manifest, remove } from './edit.ts';

/** Edits of workloads and what they read. */
export const workloadEdits: readonly EditCase[] = [
  {
    name: 'a new image of the worker, of which there is never more than one',
    objects: (objects) => {
      containerOf(objects, 'worker').image = 'gitea.treytartt.com/admin/honeydue-worker:0000001';
    },
    impact: 'interrupts',
    subject: 'Deployment honeydue/worker',
    says: 'at most 60 s to stop, at most 120 s to start',
  },
  {
    name: 'a new Redis',
    objects: (objects) => {
      containerOf(objects, 'redis').image = 'docker.io/library/redis:7.4.10-alpine';
    },
    impact: 'interrupts',
    subject: 'StatefulSet honeydue/redis',
    says: 'at most 300 s to start',
  },
  {
    name: 'a new Traefik',
    objects: (objects) => {
      containerOf(objects, 'traefik').image = 'docker.io/library/traefik:v3.6.14';
    },
    impact: 'interrupts',
    subject: 'DaemonSet traefik/traefik',
    says: 'one node after the other',
  },
  {
    name: 'one api less',
    objects: (objects) => {
      controllerOf(objects, 'api').spec.replicas = 2;
    },
    impact: 'changes traffic',
    subject: 'Deployment honeydue/api',
    says: 'one pod is stopped; 2 serve from then on',
  },
  {
    name: 'the CPU that the api asks for',
    objects: (objects) =>
      Object.assign(containerOf(objects, 'api').resources?.requests ?? {}, { cpu: '200m' }),
    impact: 'rolls pods',
    subject: 'Deployment honeydue/api',
  },
  {
    name: 'a paused rollout',
    objects: (objects) => {
      Object.assign(controllerOf(objects, 'api').spec, { paused: true });
      containerOf(objects, 'api').image = 'gitea.treytartt.com/admin/honeydue-api:0000001';
    },
    impact: 'config only',
    subject: 'Deployment honeydue/api',
    says: 'it is paused',
  },
  {
    name: 'pods that wait until somebody deletes them',
    objects: (objects) => {
      controllerOf(objects, 'traefik').spec.updateStrategy = { type: 'OnDelete' };
      containerOf(objects, 'traefik').image = 'docker.io/library/traefik:v3.6.14';
    },
    impact: 'config only',
    subject: 'DaemonSet traefik/traefik',
    says: 'OnDelete',
  },
  {
    name: 'a rollout that may take all pods at once',
    objects: (objects) => {
      controllerOf(objects, 'api').spec.strategy = {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: '100%' },
      };
      containerOf(objects, 'api').image = 'gitea.treytartt.com/admin/honeydue-api:0000001';
    },
    impact: 'interrupts',
    subject: 'Deployment honeydue/api',
    says: 'no pod may be left',
  },
  {
    name: 'no api at all',
    objects: (objects) => {
      controllerOf(objects, 'api').spec.replicas = 0;
    },
    impact: 'interrupts',
    subject: 'Deployment honeydue/api',
    says: 'none is left',
  },
  {
    name: 'how a rollout is judged',
    objects: (objects) => {
      controllerOf(objects, 'api').spec.progressDeadlineSeconds = 900;
    },
    impact: 'config only',
    subject: 'Deployment honeydue/api',
  },
  {
    name: 'an annotation that nobody reads',
    objects: (objects) => {
      Object.assign(controllerOf(objects, 'redis').metadata.annotations ?? {}, { 'honeydue.dev/note': 'x' });
    },
    impact: 'config only',
    subject: 'StatefulSet honeydue/redis',
  },
  {
    name: 'an annotation of pods, which replaces them',
    objects: (objects) => {
      Object.assign(podOf(objects, 'admin').metadata?.annotations ?? {}, { 'honeydue.dev/note': 'x' });
    },
    impact: 'rolls pods',
    subject: 'Deployment honeydue/admin',
  },
  {
    name: 'the order of variables, which may refer to each other',
    objects: (objects) => {
      containerOf(objects, 'api').env?.reverse();
    },
    impact: 'rolls pods',
    subject: 'Deployment honeydue/api',
  },
  {
    name: 'a longer time to stop',
    objects: (objects) => {
      podOf(objects, 'api').spec.terminationGracePeriodSeconds = 90;
    },
    impact: 'rolls pods',
    subject: 'Deployment honeydue/api',
  },
  {
    name: 'Redis that looks for its data elsewhere',
    objects: (objects) => {
      firstOf(containerOf(objects, 'redis').volumeMounts).mountPath = '/var/lib/redis';
    },
    impact: 'loses data',
    subject: 'StatefulSet honeydue/redis',
    says: 'no longer finds its data',
  },
  {
    name: 'claims that go with their StatefulSet',
    objects: (objects) => {
      controllerOf(objects, 'redis').spec.persistentVolumeClaimRetentionPolicy = {
        whenDeleted: 'Delete',
        whenScaled: 'Retain',
      };
    },
    impact: 'loses data',
    subject: 'StatefulSet honeydue/redis',
    says: 'its claims are deleted together with it',
  },
  {
    name: 'a Redis that forgets jobs when it is full',
    objects: (objects) => {
      const { data = {} } = one(objects, 'ConfigMap', 'redis-config');
      data['redis.conf'] = (data['redis.conf'] ?? '').replace('noeviction', 'allkeys-lru');
    },
    impact: 'loses data',
    subject: 'ConfigMap honeydue/redis-config',
    says: 'maxmemory-policy allkeys-lru: queued jobs are dropped',
  },
  {
    name: 'a remark in the configuration of Redis, whose pods do not notice',
    objects: (objects) => {
      const { data = {} } = one(objects, 'ConfigMap', 'redis-config');
      data['redis.conf'] = `# by hand\n${data['redis.conf']}`;
    },
    impact: 'config only',
    subject: 'ConfigMap honeydue/redis-config',
    says: 'redis read it and are not restarted for it',
  },
  {
    name: 'a new Deployment with all that is asked of one',
    objects: (objects) => {
      const { metadata, ...web } = structuredClone(controllerOf(objects, 'api'));
      objects.push({ ...web, metadata: { ...metadata, name: 'web' } });
    },
    impact: 'config only',
    subject: 'Deployment honeydue/web',
    says: 'starts 3 pods',
  },
  {
    name: 'a Deployment that goes',
    objects: (objects) => remove(objects, 'Deployment', 'admin'),
    impact: 'interrupts',
    subject: 'Deployment honeydue/admin',
    says: 'its pods stop',
  },
  {
    name: 'a StatefulSet that goes and leaves its claims',
    objects: (objects) => remove(objects, 'StatefulSet', 'redis'),
    impact: 'interrupts',
    subject: 'StatefulSet honeydue/redis',
    says: 'its claims stay',
  },
  {
    name: 'a ConfigMap that goes while pods read it',
    objects: (objects) => remove(objects, 'ConfigMap', 'honeydue-config'),
    impact: 'interrupts',
    subject: 'ConfigMap honeydue/honeydue-config',
    says: 'cannot start again without it',
  },
  {
    name: 'a Secret that goes',
    objects: (objects) => remove(objects, 'Secret', 'honeydue-apns-key'),
    impact: 'loses data',
    subject: 'Secret honeydue/honeydue-apns-key',
  },
  {
    name: 'a namespace that goes',
    objects: (objects) => remove(objects, 'Namespace', 'traefik'),
    impact: 'loses data',
    subject: 'Namespace traefik',
    says: 'everything in it is deleted with it',
  },
  {
    name: 'a claim that goes',
    given: [claim('data', '1Gi')],
    objects: (objects) => remove(objects, 'PersistentVolumeClaim', 'data'),
    impact: 'loses data',
    subject: 'PersistentVolumeClaim honeydue/data',
  },
  {
    name: 'a budget that goes',
    objects: (objects) => remove(objects, 'PodDisruptionBudget', 'api'),
    impact: 'config only',
    subject: 'PodDisruptionBudget honeydue/api',
    says: 'drains no longer wait',
  },
  {
    name: 'a quota that is larger',
    objects: (objects) => {
      firstOf(ofKind(objects, 'ResourceQuota')).spec.hard.pods = '30';
    },
    impact: 'config only',
    subject: 'ResourceQuota honeydue/quota',
  },
  {
    name: 'an object of a kind that nobody here knows',
    objects: (objects) => {
      objects.push(manifest('coordination.k8s.io/v1', 'Lease', 'somebody', { spec: {} }));
    },
    impact: 'interrupts',
    subject: 'Lease honeydue/somebody',
    says: 'judge it yourself',
  },
];

export function claim(name: string, storage: string) {
  return manifest('v1', 'PersistentVolumeClaim', name, {
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'honeydue-retain',
      resources: { requests: { storage } },
    },
  });
}
