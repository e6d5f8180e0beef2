import { parseDocument } from 'yaml';
import { loginUser } from '../../../../config/hosts/login.ts';
import type { Cluster } from '../../../../config/schema.ts';
import type { Change, Plan } from '../../frame/step.ts';
import { credentialsIn, endOf, type Kubeconfig } from './credentials.ts';
import { MODE } from './file.ts';
import { mergeKubeconfig, NAME, nameOf, needsTunnel, TUNNEL } from './merge.ts';
import type { ObservedKubeconfig, Trial } from './observe.ts';

export interface KubeconfigChange extends Change {
  /** The whole new text. Never shown: the key is in it. */
  readonly text: () => string;
}

/** @param path of the file, as people read it */
export function planKubeconfig(
  observed: ObservedKubeconfig,
  cluster: Cluster,
  path: string,
): Plan<KubeconfigChange> {
  const { file, trials } = observed;
  const [damage] = parseDocument(file?.text ?? '').errors;
  if (damage) {
    // Not the message: it shows the place, and that may be a key.
    const line = damage.linePos?.[0].line ?? 1;
    const problem = `${path} is not YAML, from line ${line} on. Move it away; a new one is made.`;
    return { changes: [], problems: [problem], notes: [] };
  }
  const refused = trials.filter(({ refusal }) => refusal !== undefined);
  if (refused.length === trials.length)
    return { changes: [], problems: [nobody(trials, cluster)], notes: [] };
  return {
    changes: planFile(observed, cluster, path),
    problems: [],
    notes: [
      ...refused.map(({ node, refusal }) => `The API of ${node.alias} does not answer: ${refusal}.`),
      ...tunnelNotes(cluster, path),
    ],
  };
}

function planFile(
  { file, credentials, trials }: ObservedKubeconfig,
  cluster: Cluster,
  path: string,
): KubeconfigChange[] {
  const answering = trials.filter(({ refusal }) => refusal === undefined).map(({ node }) => node);
  const used = answering.find((node) => nameOf(node) === usedIn(file?.text)) ?? answering[0];
  if (!used) return [];
  const text = mergeKubeconfig(file?.text ?? '', cluster, credentials, used);
  const row = { where: 'workstation', what: `file ${path}`, text: () => text };
  if (!file)
    return [
      { ...row, action: 'create', detail: `contexts ${[NAME, ...cluster.nodes.map(nameOf)].join(', ')}` },
    ];
  const reasons = [
    ...(text === file.text ? [] : [newIn(file.text, credentials.certificate, nameOf(used))]),
    ...(file.mode === MODE ? [] : [`mode ${octal(file.mode)} becomes ${octal(MODE)}`]),
  ];
  return reasons.length === 0 ? [] : [{ ...row, action: 'change', detail: reasons.join(', ') }];
}

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

function usedIn(text = ''): string | undefined {
  const { contexts = [] } = (parseDocument(text).toJS() ?? {}) as Kubeconfig;
  return contexts.find(({ name }) => name === NAME)?.context.cluster;
}

function newIn(text: string, certificate: string, cluster: string): string {
  if (credentialsIn(text, NAME, cluster)?.certificate === certificate) return 'servers and contexts';
  return `client certificate that is valid until ${new Date(endOf(certificate)).toISOString().slice(0, 10)}`;
}

function nobody(trials: readonly Trial[], cluster: Cluster): string {
  const advice = needsTunnel(cluster)
    ? 'See that k3s runs: zx bootstrap/provision.mjs --only k3s.'
    : 'See that your address is in firewall.kubernetesAPI, and that k3s runs: zx bootstrap/provision.mjs --only firewall,k3s.';
  const reasons = trials.map(({ node, refusal }) => `  ${node.alias}: ${refusal}`);
  return `The API of no server can be reached with the kubeconfig:\n${reasons.join('\n')}\n${advice}`;
}

function tunnelNotes(cluster: Cluster, path: string): string[] {
  const [node] = cluster.nodes;
  if (!needsTunnel(cluster) || !node) return [];
  const tunnel = `ssh -N -D ${TUNNEL.host}:${TUNNEL.port} ${loginUser}@${node.publicIPv4}`;
  return [
    `Port 6443 is shut to you (firewall.kubernetesAPI is empty): kubectl with ${path} works while this runs, to any server: ${tunnel}`,
  ];
}
