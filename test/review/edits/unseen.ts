import { ofKind } from '../../../review/objects/find.ts';
import { containerOf, controllerOf, one, podOf } from '../../manifests/find.ts';
import { type EditCase, firstOf } from './edit.ts';

/** Edits of files that the API server does not notice. */
export const unseenEdits: readonly EditCase[] = [
  {
    name: 'a size in another spelling',
    objects: (objects) => {
      const { limits = {} } = containerOf(objects, 'api').resources ?? {};
      Object.assign(limits, { cpu: '2000m', memory: '0.5Gi' });
    },
    impact: 'no effect',
    subject: 'Deployment honeydue/api',
  },
  {
    name: 'defaults of a container written out',
    objects: (objects) =>
      Object.assign(containerOf(objects, 'api'), {
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        stdin: false,
      }),
    impact: 'no effect',
    subject: 'Deployment honeydue/api',
  },
  {
    name: 'defaults of a pod written out',
    objects: (objects) =>
      Object.assign(podOf(objects, 'worker').spec, {
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        schedulerName: 'default-scheduler',
        hostNetwork: false,
      }),
    impact: 'no effect',
    subject: 'Deployment honeydue/worker',
  },
  {
    name: 'defaults of probes left out',
    objects: (objects) => {
      const probe = containerOf(objects, 'redis').readinessProbe;
      delete probe?.failureThreshold;
    },
    impact: 'no effect',
    subject: 'StatefulSet honeydue/redis',
  },
  {
    name: 'defaults of a Deployment written out',
    objects: (objects) =>
      Object.assign(controllerOf(objects, 'vmagent').spec, { minReadySeconds: 0, paused: false }),
    impact: 'no effect',
    subject: 'Deployment honeydue/vmagent',
  },
  {
    name: 'defaults of a StatefulSet left out',
    objects: (objects) => {
      delete controllerOf(objects, 'redis').spec.persistentVolumeClaimRetentionPolicy;
    },
    impact: 'no effect',
    subject: 'StatefulSet honeydue/redis',
  },
  {
    name: 'the strategy of a DaemonSet left out',
    objects: (objects) => {
      delete controllerOf(objects, 'traefik').spec.updateStrategy;
    },
    impact: 'no effect',
    subject: 'DaemonSet traefik/traefik',
  },
  {
    name: 'protocols left out',
    objects: (objects) => {
      for (const { spec } of ofKind(objects, 'Service').filter(({ metadata }) => metadata.name === 'redis'))
        for (const port of spec.ports) delete port.protocol;
      delete firstOf(containerOf(objects, 'redis').ports).protocol;
    },
    impact: 'no effect',
    subject: 'StatefulSet honeydue/redis',
  },
  {
    name: 'the protocol of a policy left out',
    objects: (objects) => {
      delete firstOf(firstOf(one(objects, 'NetworkPolicy', 'redis').spec.ingress).ports).protocol;
    },
    impact: 'no effect',
    subject: 'NetworkPolicy honeydue/redis',
  },
  {
    name: 'defaults of a Service written out',
    objects: (objects) =>
      Object.assign(one(objects, 'Service', 'api').spec, {
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        publishNotReadyAddresses: false,
      }),
    impact: 'no effect',
    subject: 'Service honeydue/api',
  },
  {
    name: 'the address of a Service left out, which it keeps',
    objects: (objects) => {
      delete one(objects, 'Service', 'admin').spec.clusterIP;
    },
    impact: 'no effect',
    subject: 'Service honeydue/admin',
  },
  {
    name: 'the type of a Secret left out',
    objects: (objects) => {
      delete one(objects, 'Secret', 'honeydue-secrets').type;
    },
    impact: 'no effect',
    subject: 'Secret honeydue/honeydue-secrets',
  },
  {
    name: 'a list and a map that are empty',
    objects: (objects) => {
      Object.assign(podOf(objects, 'admin').spec, { hostAliases: [], nodeSelector: {} });
    },
    impact: 'no effect',
    subject: 'Deployment honeydue/admin',
  },
  {
    name: 'a field that says nothing',
    objects: (objects) => {
      Object.assign(podOf(objects, 'admin').spec, { runtimeClassName: null });
    },
    impact: 'no effect',
    subject: 'Deployment honeydue/admin',
  },
];
