import type { Container, PodSpec, SecurityContext } from '../../../review/objects/kinds.ts';
import type { Manifest } from '../../../synth/render.ts';
import { allPods, containerOf, ofKind, one, type Pods, podOf } from '../find.ts';
import { type Break, broken, type Invariant } from '../invariant.ts';
import { type PodSecurityCheck, podSecurityChecks } from '../pod-security.ts';

/** The checks that a pod may fail, and why. Anything else, and a waiver that is not needed, is an error. */
export const WAIVERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'DaemonSet traefik/traefik': {
    hostNamespaces: 'the edge takes ports of the node, as there is no load balancer',
    hostPorts: 'on the host network the API server sets them itself',
  },
};

const isWaived = ({ id }: Pods, check: string) => WAIVERS[id]?.[check] !== undefined;

const spec = (change: Partial<PodSpec>) =>
  broken((objects) => Object.assign(podOf(objects, 'api').spec, change));
const container = (change: Partial<Container>) =>
  broken((objects) => Object.assign(containerOf(objects, 'redis'), change));
const context = (change: SecurityContext) =>
  broken((objects) => Object.assign(containerOf(objects, 'worker').securityContext ?? {}, change));
const volume = (change: object) =>
  broken((objects) => podOf(objects, 'admin').spec.volumes?.push({ name: 'more', ...change }));
const http = { path: '/', port: 80, host: '169.254.169.254' };

const BREAKS: Readonly<Record<string, readonly [Break, ...Break[]]>> = {
  hostNamespaces: [spec({ hostNetwork: true }), spec({ hostPID: true }), spec({ hostIPC: true })],
  privileged: [context({ privileged: true })],
  capabilities_baseline: [context({ capabilities: { drop: ['ALL'], add: ['NET_RAW'] } })],
  hostPathVolumes: [volume({ hostPath: { path: '/var/run' } })],
  hostPorts: [container({ ports: [{ containerPort: 6379, hostPort: 6379 }] })],
  hostProbesAndHostLifecycle: [
    container({ readinessProbe: { httpGet: http } }),
    container({ livenessProbe: { tcpSocket: http } }),
    container({ lifecycle: { preStop: { httpGet: http } } }),
  ],
  appArmorProfile: [context({ appArmorProfile: { type: 'Unconfined' } })],
  seLinuxOptions: [
    context({ seLinuxOptions: { type: 'spc_t' } }),
    context({ seLinuxOptions: { user: 'x' } }),
  ],
  procMount: [context({ procMount: 'Unmasked' })],
  sysctls: [spec({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } })],
  windowsHostProcess: [context({ windowsOptions: { hostProcess: true } })],
  allowPrivilegeEscalation: [context({ allowPrivilegeEscalation: true }), container({ securityContext: {} })],
  capabilities_restricted: [
    context({ capabilities: { drop: ['NET_RAW'] } }),
    context({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } }),
  ],
  restrictedVolumes: [volume({ nfs: { server: '10.0.0.9', path: '/' } })],
  runAsNonRoot: [spec({ securityContext: {} }), context({ runAsNonRoot: false })],
  runAsUser: [context({ runAsUser: 0 })],
  seccompProfile_restricted: [
    spec({ securityContext: {} }),
    context({ seccompProfile: { type: 'Unconfined' } }),
  ],
};

const profileInvariants = podSecurityChecks.map(
  (check): Invariant => ({
    name: `pod-security-${check.id}`,
    why: `Pod Security \`restricted\` at 1.34 asks it (${check.id}); in honeydue the API server refuses the pod otherwise.`,
    controls: ['P-2', ...(check.id === 'runAsUser' ? ['T-1'] : [])],
    check: (objects) =>
      allPods(objects)
        .filter((pods) => !isWaived(pods, check.id))
        .flatMap(({ id, template }) => check.violations(template).map((text) => `${id}: ${text}`)),
    breaks: breaksOf(check),
  }),
);

function breaksOf({ id }: PodSecurityCheck): readonly [Break, ...Break[]] {
  const breaks = BREAKS[id];
  if (!breaks) throw new Error(`no break shows that pod-security-${id} can fail`);
  return breaks;
}

const LEVEL = 'pod-security.kubernetes.io/';

export const podSecurityInvariants: readonly Invariant[] = [
  ...profileInvariants,
  {
    name: 'pod-security-waivers',
    why: 'A waiver that outlives its need lets the next change through unseen.',
    controls: ['P-2', 'T-1'],
    check: (objects) =>
      Object.entries(WAIVERS).flatMap(([id, waived]) => {
        const pods = allPods(objects).find((p) => p.id === id);
        if (!pods) return [`${id} is waived and not there`];
        return Object.keys(waived)
          .filter(
            (name) => podSecurityChecks.find((c) => c.id === name)?.violations(pods.template).length === 0,
          )
          .map((name) => `${id} passes ${name}, which is waived`);
      }),
    breaks: [
      broken((objects) => Object.assign(podOf(objects, 'traefik').spec, { hostNetwork: false })),
      broken((objects) => Object.assign(one(objects, 'DaemonSet', 'traefik').metadata, { name: 'edge' })),
    ],
  },
  {
    name: 'pod-security-labels',
    why: 'The API server refuses weak pods only in a namespace that says so, and at the version that the labels name.',
    controls: ['P-1'],
    check: (objects, { k3s }) =>
      ofKind(objects, 'Namespace').flatMap(({ metadata }) => {
        const labels = metadata.labels ?? {};
        const level = hasWaivedPods(objects, metadata.name) ? 'privileged' : 'restricted';
        const minor = k3s.version.match(/^v1\.\d+/)?.[0];
        const expected: Record<string, string | undefined> = {
          enforce: level,
          ...(level === 'restricted' && { 'enforce-version': minor }),
          audit: 'restricted',
          'audit-version': 'latest',
          warn: 'restricted',
          'warn-version': 'latest',
        };
        return Object.entries(expected)
          .filter(([key, value]) => labels[`${LEVEL}${key}`] !== value)
          .map(([key, value]) => `Namespace ${metadata.name}: ${LEVEL}${key} is not ${value}`);
      }),
    breaks: [
      broken((objects) => {
        delete one(objects, 'Namespace', 'honeydue').metadata.labels?.[`${LEVEL}enforce`];
      }),
      broken((objects) =>
        Object.assign(one(objects, 'Namespace', 'honeydue').metadata.labels ?? {}, {
          [`${LEVEL}enforce-version`]: 'v1.30',
        }),
      ),
      broken((objects) =>
        Object.assign(one(objects, 'Namespace', 'honeydue').metadata.labels ?? {}, {
          [`${LEVEL}enforce`]: 'privileged',
        }),
      ),
    ],
  },
];

const hasWaivedPods = (objects: readonly Manifest[], namespace: string) =>
  allPods(objects).some((pods) => pods.namespace === namespace && WAIVERS[pods.id] !== undefined);
