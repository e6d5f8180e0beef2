import type { Container, PodTemplate, Port, Probe, SecurityContext } from '../../review/objects/kinds.ts';
import { containersOf } from './find.ts';

/** Pod Security at 1.34, profile `restricted` (which holds `baseline`), as k8s.io/pod-security-admission checks it. */
export interface PodSecurityCheck {
  /** Upstream's name of the check. */
  readonly id: string;
  /** What is wrong; nothing when the pod passes. */
  readonly violations: (pod: PodTemplate) => string[];
}

const BASELINE_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];

const VOLUME_TYPES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

/** A check of each container. */
function each(
  id: string,
  isBad: (container: Container, pod: PodTemplate) => boolean,
  text: string,
): PodSecurityCheck {
  return {
    id,
    violations: (pod) =>
      containersOf(pod)
        .filter((container) => isBad(container, pod))
        .map(({ name }) => `container ${name} ${text}`),
  };
}

/** A check of the pod as a whole. */
function whole(id: string, isBad: (pod: PodTemplate) => boolean, text: string): PodSecurityCheck {
  return { id, violations: (pod) => (isBad(pod) ? [`the pod ${text}`] : []) };
}

/** A check of the pod's security context and of each container's. */
function contexts(id: string, isBad: (context: SecurityContext) => boolean, text: string): PodSecurityCheck {
  const all = (pod: PodTemplate) => [
    pod.spec.securityContext,
    ...containersOf(pod).map((c) => c.securityContext),
  ];
  return whole(id, (pod) => all(pod).some((context) => context !== undefined && isBad(context)), text);
}

const capabilities = ({ securityContext }: Container) => securityContext?.capabilities;

/** A container's own word goes before its pod's. */
const effective = <K extends 'runAsNonRoot' | 'seccompProfile'>(
  container: Container,
  pod: PodTemplate,
  key: K,
) => container.securityContext?.[key] ?? pod.spec.securityContext?.[key];

const handlers = ({ startupProbe, readinessProbe, livenessProbe, lifecycle }: Container) =>
  [startupProbe, readinessProbe, livenessProbe, lifecycle?.preStop, lifecycle?.postStart] as (
    | Pick<Probe, 'httpGet' | 'tcpSocket'>
    | { httpGet?: { host?: string; port?: Port } }
    | undefined
  )[];

export const podSecurityChecks: readonly PodSecurityCheck[] = [
  whole(
    'hostNamespaces',
    ({ spec }) => Boolean(spec.hostNetwork || spec.hostPID || spec.hostIPC),
    'shares a namespace with the host',
  ),
  each('privileged', ({ securityContext }) => securityContext?.privileged === true, 'is privileged'),
  each(
    'capabilities_baseline',
    (container) => (capabilities(container)?.add ?? []).some((name) => !BASELINE_CAPABILITIES.includes(name)),
    'adds a capability beyond the baseline',
  ),
  whole(
    'hostPathVolumes',
    ({ spec }) => (spec.volumes ?? []).some((v) => 'hostPath' in v),
    'mounts a path of the host',
  ),
  each(
    'hostPorts',
    ({ ports = [] }) => ports.some(({ hostPort }) => Boolean(hostPort)),
    'takes a port of the host',
  ),
  {
    id: 'hostProbesAndHostLifecycle',
    violations: (pod) =>
      containersOf(pod)
        .filter((container) =>
          handlers(container).some((handler) =>
            [handler?.httpGet, handler && 'tcpSocket' in handler ? handler.tcpSocket : undefined].some(
              (action) => Boolean(action?.host),
            ),
          ),
        )
        .map(({ name }) => `container ${name} has a probe or hook that names a host`),
  },
  contexts(
    'appArmorProfile',
    ({ appArmorProfile: profile }) =>
      profile !== undefined && !['RuntimeDefault', 'Localhost'].includes(profile.type),
    'goes without its AppArmor profile',
  ),
  contexts(
    'seLinuxOptions',
    ({ seLinuxOptions: options }) =>
      options !== undefined &&
      (!SELINUX_TYPES.includes(options.type ?? '') || Boolean(options.user) || Boolean(options.role)),
    'sets its own SELinux type, user or role',
  ),
  each(
    'procMount',
    ({ securityContext }) => (securityContext?.procMount ?? 'Default') !== 'Default',
    'unmasks /proc',
  ),
  whole(
    'sysctls',
    ({ spec }) => (spec.securityContext?.sysctls ?? []).some(({ name }) => !SAFE_SYSCTLS.includes(name)),
    'sets a sysctl that is not safe',
  ),
  contexts(
    'windowsHostProcess',
    ({ windowsOptions }) => windowsOptions?.hostProcess === true,
    'is a process of the host',
  ),
  each(
    'allowPrivilegeEscalation',
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
    'does not refuse privilege escalation',
  ),
  each(
    'capabilities_restricted',
    (container) =>
      !capabilities(container)?.drop?.includes('ALL') ||
      (capabilities(container)?.add ?? []).some((name) => name !== 'NET_BIND_SERVICE'),
    'does not drop all capabilities',
  ),
  whole(
    'restrictedVolumes',
    ({ spec }) =>
      (spec.volumes ?? []).some((volume) =>
        Object.keys(volume).some((key) => key !== 'name' && !VOLUME_TYPES.includes(key)),
      ),
    'has a volume of another type',
  ),
  {
    id: 'runAsNonRoot',
    violations: (pod) =>
      containersOf(pod)
        .filter((container) => effective(container, pod, 'runAsNonRoot') !== true)
        .map(({ name }) => `container ${name} may run as root`),
  },
  contexts('runAsUser', ({ runAsUser }) => runAsUser === 0, 'runs as user 0'),
  {
    id: 'seccompProfile_restricted',
    violations: (pod) =>
      containersOf(pod)
        .filter(
          (container) =>
            !['RuntimeDefault', 'Localhost'].includes(
              effective(container, pod, 'seccompProfile')?.type ?? '',
            ),
        )
        .map(({ name }) => `container ${name} goes without a seccomp profile`),
  },
];
