import { contains } from '../../../config/cidr.ts';
import type { ContainerPort, Labels, ObjectOf, Peer, PolicyPort } from '../../../review/objects/kinds.ts';
import { matches } from '../find.ts';

/** NetworkPolicy as Kubernetes defines it, for one connection at a time. Replies are allowed and not looked at. */

type Policy = ObjectOf<'NetworkPolicy'>;

export interface Endpoint {
  readonly name: string;
  readonly ip: string;
  /** Only what a selector can match: a pod on the host network is an address, not a pod. */
  readonly pod?: {
    readonly namespace: string;
    readonly namespaceLabels: Labels;
    readonly labels: Labels;
    readonly ports: readonly ContainerPort[];
  };
}

export interface Target {
  readonly port: number;
  readonly protocol: string;
}

/** `unguarded`: no policy selects either end. */
export type Verdict = 'allowed' | 'denied' | 'unguarded';

/** Whether a connection comes through: both ends must let it. */
export function verdict(policies: readonly Policy[], from: Endpoint, to: Endpoint, target: Target): Verdict {
  const out = selecting(policies, from, 'Egress');
  const into = selecting(policies, to, 'Ingress');
  if (out.length + into.length === 0) return 'unguarded';
  const mayLeave =
    out.length === 0 ||
    out.some((policy) =>
      (policy.spec.egress ?? []).some((rule) => passes(policy, rule.to, rule.ports, to, to, target)),
    );
  const mayEnter =
    into.length === 0 ||
    into.some((policy) =>
      (policy.spec.ingress ?? []).some((rule) => passes(policy, rule.from, rule.ports, from, to, target)),
    );
  return mayLeave && mayEnter ? 'allowed' : 'denied';
}

/** The policies that isolate an endpoint in a direction. */
function selecting(policies: readonly Policy[], { pod }: Endpoint, direction: string): Policy[] {
  return policies.filter(({ metadata, spec }) => {
    const types = spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])];
    return (
      pod !== undefined &&
      metadata.namespace === pod.namespace &&
      types.includes(direction) &&
      matches(spec.podSelector, pod.labels)
    );
  });
}

/** One rule: an absent or empty list of peers or ports means all of them. */
function passes(
  policy: Policy,
  peers: readonly Peer[] | undefined,
  ports: readonly PolicyPort[] | undefined,
  other: Endpoint,
  to: Endpoint,
  target: Target,
): boolean {
  const peer = !peers?.length || peers.some((p) => isPeer(p, policy.metadata.namespace, other));
  return peer && (!ports?.length || ports.some((p) => isPort(p, to, target)));
}

function isPeer(
  { ipBlock, namespaceSelector, podSelector }: Peer,
  namespace: string | undefined,
  { ip, pod }: Endpoint,
): boolean {
  if (ipBlock)
    return contains(ipBlock.cidr, ip) && !(ipBlock.except ?? []).some((cidr) => contains(cidr, ip));
  if (!pod) return false;
  const inNamespace = namespaceSelector
    ? matches(namespaceSelector, pod.namespaceLabels)
    : pod.namespace === namespace;
  return inNamespace && (!podSelector || matches(podSelector, pod.labels));
}

function isPort({ protocol = 'TCP', port, endPort }: PolicyPort, to: Endpoint, target: Target): boolean {
  if (protocol !== target.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') {
    return (to.pod?.ports ?? []).some(
      (p) => p.name === port && p.containerPort === target.port && (p.protocol ?? 'TCP') === protocol,
    );
  }
  return target.port >= port && target.port <= (endPort ?? port);
}
