import { identity } from '../../../synth/compare.ts';
import { allContainers, allPods, containerOf, ofKind, one, podOf } from '../find.ts';
import { broken, type Invariant } from '../invariant.ts';

/** What goes beyond the Pod Security profile. */

/** Host users end below; a pod of the same number would own their files (P-3). */
const LOWEST_UID = 10_000;

const OWN = ['api', 'worker', 'admin'];

export const hardeningInvariants: readonly Invariant[] = [
  {
    name: 'uid-above-host-users',
    why: 'A process that breaks out of its pod must not own the files of a user of the host.',
    controls: ['P-3', 'T-1', 'R-5'],
    check: (objects) =>
      allPods(objects).flatMap(({ id, template }) => {
        const context = template.spec.securityContext ?? {};
        return (['runAsUser', 'runAsGroup', 'fsGroup'] as const)
          .filter((key) => !((context[key] ?? 0) >= LOWEST_UID))
          .map((key) => `${id}: ${key} is ${context[key]}`);
      }),
    breaks: [
      broken((objects) =>
        Object.assign(podOf(objects, 'redis').spec.securityContext ?? {}, { runAsUser: 999 }),
      ),
      broken((objects) => {
        delete podOf(objects, 'api').spec.securityContext?.fsGroup;
      }),
    ],
  },
  {
    name: 'same-user-in-containers',
    why: 'A container that sets its own user escapes what the pod says about all of them.',
    controls: ['P-3'],
    check: (objects) =>
      allContainers(objects).flatMap(({ where, container: { securityContext = {} } }) =>
        ['runAsUser', 'runAsGroup', 'runAsNonRoot', 'seccompProfile']
          .filter((key) => key in securityContext)
          .map((key) => `${where} sets ${key}`),
      ),
    breaks: [
      broken((objects) =>
        Object.assign(containerOf(objects, 'api').securityContext ?? {}, { runAsUser: 1000 }),
      ),
    ],
  },
  {
    name: 'read-only-root',
    why: 'What an intruder writes must not stay, and what may be written must not fill the node.',
    controls: ['P-4', 'V-1'],
    check: (objects) => [
      ...allContainers(objects)
        .filter(({ container }) => container.securityContext?.readOnlyRootFilesystem !== true)
        .map(({ where }) => `${where} may write to its root`),
      ...allPods(objects).flatMap(({ id, template }) =>
        (template.spec.volumes ?? [])
          .filter(({ emptyDir }) => emptyDir && !emptyDir.sizeLimit)
          .map(({ name }) => `${id}: volume ${name} has no sizeLimit`),
      ),
    ],
    breaks: [
      broken((objects) => {
        delete containerOf(objects, 'admin').securityContext?.readOnlyRootFilesystem;
      }),
      broken((objects) => podOf(objects, 'api').spec.volumes?.push({ name: 'more', emptyDir: {} })),
    ],
  },
  {
    name: 'applications-have-tmp',
    why: 'Under a read-only root Go and Node fail at the first temporary file; Next.js also writes its cache.',
    controls: ['P-4'],
    check: (objects) =>
      OWN.flatMap((name) => {
        const { volumeMounts = [] } = containerOf(objects, name);
        const needed = ['/tmp', ...(name === 'admin' ? ['/app/.next/cache'] : [])];
        return needed
          .filter((path) => !volumeMounts.some(({ mountPath, readOnly }) => mountPath === path && !readOnly))
          .map((path) => `${name} cannot write to ${path}`);
      }),
    breaks: [
      broken((objects) => Object.assign(containerOf(objects, 'admin'), { volumeMounts: [] })),
      broken((objects) => {
        for (const mount of containerOf(objects, 'api').volumeMounts ?? []) mount.readOnly = true;
      }),
    ],
  },
  {
    name: 'no-api-token',
    why: 'A stolen token opens the API server; no pod of this project talks to it.',
    controls: ['P-5', 'T-11', 'V-4'],
    check: (objects) => [
      ...allPods(objects)
        .filter(({ template }) => template.spec.automountServiceAccountToken !== false)
        .map(({ id }) => `${id} mounts a token`),
      ...ofKind(objects, 'ServiceAccount')
        .filter(({ automountServiceAccountToken }) => automountServiceAccountToken !== false)
        .map((object) => `${identity(object)} mounts a token by default`),
      ...allPods(objects).flatMap(({ id, template }) =>
        (template.spec.volumes ?? [])
          .filter((v) => JSON.stringify(v).includes('serviceAccountToken'))
          .map(() => `${id} projects a token`),
      ),
    ],
    breaks: [
      broken((objects) => {
        delete podOf(objects, 'vmagent').spec.automountServiceAccountToken;
      }),
      broken((objects) =>
        Object.assign(one(objects, 'ServiceAccount', 'api'), { automountServiceAccountToken: true }),
      ),
      broken((objects) =>
        podOf(objects, 'api').spec.volumes?.push({
          name: 'token',
          projected: { sources: [{ serviceAccountToken: { path: 'token' } }] },
        }),
      ),
    ],
  },
  {
    name: 'own-service-account',
    why: 'Rights given to one workload must not reach another through a shared account, or everybody through `default`.',
    controls: ['P-5'],
    check: (objects) =>
      allPods(objects)
        .filter(({ owner, template }) => template.spec.serviceAccountName !== owner.metadata.name)
        .map(({ id, template }) => `${id} runs as ${template.spec.serviceAccountName ?? 'default'}`),
    breaks: [
      broken((objects) => Object.assign(podOf(objects, 'worker').spec, { serviceAccountName: 'api' })),
      broken((objects) => {
        delete podOf(objects, 'worker').spec.serviceAccountName;
      }),
    ],
  },
  {
    name: 'no-rbac',
    why: 'Nothing here needs rights in the cluster, so nothing that grants them may slip in.',
    controls: ['P-11', 'T-11', 'V-4', 'S-9'],
    check: (objects) =>
      objects
        .filter(({ kind }) => /^(Cluster)?Role(Binding)?$/.test(kind))
        .map((o) => `${identity(o)} grants rights`),
    breaks: [
      broken((objects) =>
        objects.push({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'vmagent', namespace: 'honeydue' },
          rules: [{ apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] }],
        }),
      ),
    ],
  },
  {
    name: 'no-service-links',
    why: 'Kubernetes would add REDIS_PORT=tcp://…, and the application reads REDIS_PORT as a number.',
    controls: ['P-6'],
    check: (objects) =>
      allPods(objects)
        .filter(({ template }) => template.spec.enableServiceLinks !== false)
        .map(({ id }) => `${id} gets service links`),
    breaks: [
      broken((objects) => {
        delete podOf(objects, 'api').spec.enableServiceLinks;
      }),
    ],
  },
];
