import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import { containersOf, templateOf } from '../objects/find.ts';
import type { Container, PodTemplate, SecurityContext } from '../objects/kinds.ts';
import type { Edit } from './judge.ts';

/** What a changed pod may do that it might not before. */
export function privileges({ before, after }: Edit): Effect[] {
  const known = new Set(powersOf(before));
  return widenings(powersOf(after).filter((power) => !known.has(power)));
}

/** What a new pod may do beyond the restricted profile of Pod Security. */
export function privilegesOfNew(object: Manifest): Effect[] {
  return widenings(powersOf(object));
}

const widenings = (powers: readonly string[]) => powers.map((power) => effect('widens access', power));

/** Each power of a pod as a sentence; a pod of the restricted profile with a read-only root has none. */
function powersOf(object: Manifest): string[] {
  const template = templateOf(object);
  return template === undefined
    ? []
    : [...powersOfPod(template), ...containersOf(template).flatMap((c) => powersOfContainer(c, template))];
}

function powersOfPod({ spec }: PodTemplate): string[] {
  const { hostNetwork, hostPID, hostIPC, automountServiceAccountToken, volumes = [] } = spec;
  return [
    ...named(hostNetwork, 'the pod is on the network of its node'),
    ...named(hostPID, 'the pod sees all processes of its node'),
    ...named(hostIPC, 'the pod shares memory with its node'),
    ...named(automountServiceAccountToken !== false, 'the pod may be given a token for the API server'),
    ...(spec.securityContext?.sysctls ?? []).map(({ name }) => `the pod sets ${name}`),
    ...volumes.flatMap(({ name, hostPath }) =>
      hostPath === undefined ? [] : [`the pod mounts ${pathOf(hostPath)} of its node (volume ${name})`],
    ),
  ];
}

const pathOf = (hostPath: unknown) => (hostPath as { path?: string }).path ?? 'a path';

function powersOfContainer(
  { name, securityContext: own = {}, ports = [] }: Container,
  { spec }: PodTemplate,
): string[] {
  // A container's own word goes before its pod's.
  const context: SecurityContext = { ...spec.securityContext, ...own };
  const { runAsUser, runAsNonRoot, capabilities, seccompProfile, appArmorProfile } = context;
  const dropped = capabilities?.drop ?? [];
  return [
    ...named(context.privileged, 'is privileged: root on its node'),
    ...named(context.allowPrivilegeEscalation !== false, 'may gain rights that it did not start with'),
    ...named(context.readOnlyRootFilesystem !== true, 'may write to its root file system'),
    ...named(runAsUser === 0, 'runs as root'),
    ...named(runAsNonRoot !== true && !runAsUser, 'may run as root, if its image says so'),
    ...named(!dropped.includes('ALL'), 'keeps the usual capabilities'),
    ...(capabilities?.add ?? []).map((capability) => `is given ${capability}`),
    ...named(
      !['RuntimeDefault', 'Localhost'].includes(seccompProfile?.type ?? ''),
      'runs without a seccomp profile',
    ),
    ...named(appArmorProfile?.type === 'Unconfined', 'runs without AppArmor'),
    ...named(context.procMount === 'Unmasked', 'sees all of /proc'),
    // On the host network the port is one of the node's anyway, and UFW guards it.
    ...ports.flatMap(({ hostPort }) =>
      hostPort !== undefined && spec.hostNetwork !== true
        ? [`opens port ${hostPort} of its node past UFW`]
        : [],
    ),
  ].map((power) => `container ${name} ${power}`);
}

const named = (holds: boolean | undefined, power: string) => (holds ? [power] : []);
