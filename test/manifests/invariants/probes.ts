import type { Container, Probe } from '../../../review/objects/kinds.ts';
import { identity } from '../../../synth/compare.ts';
import { allContainers, containerOf, controllerOf, controllers, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** How the kubelet finds out whether a container is well. */

const KINDS = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** Paths that answered 404 or asked a database cost pods before. */
const PATHS: Readonly<Record<string, string>> = {
  api: '/api/health/',
  admin: '/',
  worker: '/health',
  traefik: '/ping',
  vmagent: '/health',
};

const action = ({ httpGet, tcpSocket, grpc, exec }: Probe) =>
  JSON.stringify({ httpGet, tcpSocket, grpc, exec });
const probes = (container: Container) => KINDS.flatMap((kind) => (container[kind] ? [container[kind]] : []));
const startupBudget = ({ startupProbe: probe }: Container) =>
  (probe?.initialDelaySeconds ?? 0) + (probe?.failureThreshold ?? 0) * (probe?.periodSeconds ?? 10);

export const probeInvariants: readonly Invariant[] = [
  {
    name: 'probed',
    why: 'Without readiness a pod gets requests before it serves; without liveness a stuck one stays for ever.',
    controls: ['Z-4'],
    check: (objects) =>
      allContainers(objects)
        .filter(({ pods, container }) => !pods.template.spec.initContainers?.includes(container))
        .filter(({ container }) => !container.readinessProbe || !container.livenessProbe)
        .map(({ where }) => `${where} lacks a probe`),
    breaks: [
      broken((objects) => {
        delete containerOf(objects, 'worker').livenessProbe;
      }),
      broken((objects) => {
        delete containerOf(objects, 'traefik').readinessProbe;
      }),
    ],
  },
  {
    name: 'liveness-is-not-readiness',
    why: 'A dependency that is down must take a pod out of service, never restart it: restarts make an outage worse.',
    controls: ['Z-4', 'R-7'],
    check: (objects) =>
      allContainers(objects)
        .filter(
          ({ container: { readinessProbe: ready, livenessProbe: live } }) =>
            ready && live && action(ready) === action(live),
        )
        .map(({ where }) => `${where}: both probes ask the same`),
    breaks: [
      broken((objects) => {
        const container = containerOf(objects, 'api');
        container.livenessProbe = structuredClone(container.readinessProbe);
      }),
    ],
  },
  {
    name: 'liveness-asks-the-process-alone',
    why: 'The health paths ask the database and Redis; liveness asks only whether the process accepts connections.',
    controls: ['Z-4', 'R-7'],
    check: (objects) =>
      allContainers(objects)
        .filter(({ container: { livenessProbe } }) => livenessProbe && !livenessProbe.tcpSocket)
        .map(({ where }) => `${where}: liveness is more than a connection`),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'api'), {
          livenessProbe: { httpGet: { path: '/api/health/', port: 8000 } },
        }),
      ),
    ],
  },
  {
    name: 'liveness-slower-than-readiness',
    why: 'A pod that is slow for a moment should be given fewer requests, not be killed.',
    controls: ['Z-4', 'R-7'],
    check: (objects) => {
      const patience = (probe?: Probe) => (probe?.periodSeconds ?? 10) * (probe?.failureThreshold ?? 3);
      return allContainers(objects)
        .filter(({ container: c }) => patience(c.livenessProbe) < Math.max(30, patience(c.readinessProbe)))
        .map(({ where }) => `${where}: liveness gives up before readiness, or within 30 s`);
    },
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'redis').livenessProbe ?? {}, { failureThreshold: 1 }),
      ),
    ],
  },
  {
    name: 'probe-timeouts',
    why: 'The default of one second fails under load, and it fails for every pod at once.',
    controls: ['Z-4'],
    check: (objects) =>
      allContainers(objects)
        .filter(({ container }) => probes(container).some(({ timeoutSeconds = 1 }) => timeoutSeconds < 2))
        .map(({ where }) => `${where}: a probe waits less than 2 s`),
    breaks: [
      broken((objects) => {
        delete containerOf(objects, 'api').readinessProbe?.timeoutSeconds;
      }),
    ],
  },
  {
    name: 'probe-paths',
    why: 'Pods were killed because the panel’s probe asked /admin/, which is 404; the api’s path ends in a slash.',
    controls: ['Z-4'],
    check: (objects) =>
      Object.entries(PATHS).flatMap(([name, path]) =>
        probes(containerOf(objects, name))
          .filter(({ httpGet }) => httpGet && httpGet.path !== path)
          .map(({ httpGet }) => `${name} is asked ${httpGet?.path}, not ${path}`),
      ),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'admin').startupProbe?.httpGet ?? {}, { path: '/admin/' }),
      ),
      broken((objects) =>
        Object.assign(containerOf(objects, 'api').readinessProbe?.httpGet ?? {}, { path: '/api/health' }),
      ),
    ],
  },
  {
    name: 'startup-budget',
    why: 'On a first boot three api pods migrate one after the other; with 12 tries they were killed in the middle of it.',
    controls: ['Z-4', 'R-7'],
    check: (objects) =>
      Object.entries({ api: 240, worker: 120, admin: 120, redis: 300 })
        .filter(([name, seconds]) => startupBudget(containerOf(objects, name)) < seconds)
        .map(([name, seconds]) => `${name} has less than ${seconds} s to start`),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'api').startupProbe ?? {}, { failureThreshold: 12 }),
      ),
      broken((objects) => {
        delete containerOf(objects, 'redis').startupProbe;
      }),
    ],
  },
  {
    name: 'rollout-waits-for-the-slowest-start',
    why: 'A rollout that gives up before the startup probe does calls a good release bad.',
    controls: ['Z-1'],
    check: (objects) =>
      controllers(objects).flatMap((object) => {
        const { progressDeadlineSeconds: deadline = 600, minReadySeconds = 0, template } = object.spec;
        const slowest = Math.max(...template.spec.containers.map(startupBudget));
        return slowest + minReadySeconds < deadline
          ? []
          : [`${identity(object)} gives up before a pod may be ready`];
      }),
    breaks: [
      broken((objects) => Object.assign(controllerOf(objects, 'api').spec, { progressDeadlineSeconds: 200 })),
    ],
  },
  {
    name: 'probe-ports-declared',
    why: 'A probe of a port that no container declares is a typing error that only shows when the pod is killed.',
    controls: [],
    check: (objects) =>
      allContainers(objects).flatMap(({ where, container }) => {
        const declared = (container.ports ?? []).flatMap(({ name, containerPort }) => [name, containerPort]);
        return probes(container)
          .map(({ httpGet, tcpSocket, grpc }) => httpGet?.port ?? tcpSocket?.port ?? grpc?.port)
          .filter((port) => port !== undefined && !declared.includes(port))
          .map((port) => `${where}: a probe asks port ${port}, which is not declared`);
      }),
    breaks: [
      broken((objects) =>
        Object.assign(podOf(objects, 'api').spec.containers[0]?.ports?.[0] ?? {}, { containerPort: 8001 }),
      ),
    ],
  },
];
