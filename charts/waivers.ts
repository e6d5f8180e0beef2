import { annotationDomain } from '../config/names.ts';

/**
 * Findings of manifest linters that are known and stay (`npm run lint:manifests`). Each is written as annotations on
 * the object it is about: those the linters obey, and one with the reason. A test holds the list of all of them.
 */
export interface Waiver {
  /** Ends the name of the annotation that gives the reason. */
  readonly name: string;
  readonly reason: string;
  readonly checks: Readonly<Partial<Record<Linter, readonly string[]>>>;
}

export type Linter = 'kube-linter' | 'kube-score' | 'polaris' | 'checkov';

const keepPulledImages: Waiver = {
  name: 'keep-pulled-images',
  reason: 'a pod must start while the registry is down, and a tag is never used twice',
  checks: {
    'kube-score': ['container-image-pull-policy'],
    polaris: ['pullPolicyNotAlways'],
    checkov: ['CKV_K8S_15'],
  },
};

const tagWithoutDigest: Waiver = {
  name: 'tag-without-digest',
  reason: 'the tag is the commit or the release, and never used twice; cluster.yaml takes a digest beside it',
  checks: { checkov: ['CKV_K8S_43'] },
};

/** For every workload: how its image is named and pulled. */
export const everyImage: readonly Waiver[] = [keepPulledImages, tagWithoutDigest];

export const onHostNetwork: Waiver = {
  name: 'host-network',
  reason: 'the edge takes the ports of the node; there is no load balancer',
  checks: {
    'kube-linter': ['host-network'],
    polaris: ['hostNetworkSet', 'hostPortSet'],
    checkov: ['CKV_K8S_19', 'CKV_K8S_26'],
  },
};

export const secretsInEnvironment: Waiver = {
  name: 'secrets-in-environment',
  reason: 'the program reads these secrets from variables only; what it can read from a file is one',
  checks: { checkov: ['CKV_K8S_35'] },
};

export const onlyOnePod: Waiver = {
  name: 'only-one-pod',
  reason: 'two at once would do the same work twice',
  checks: { polaris: ['deploymentMissingReplicas'] },
};

export const noBudget: Waiver = {
  name: 'no-budget',
  reason: 'its one pod may be taken away at any time',
  checks: { polaris: ['missingPodDisruptionBudget'] },
};

export const nothingToSpread: Waiver = {
  name: 'nothing-to-spread',
  reason: 'one pod, or exactly one on each node',
  checks: { polaris: ['topologySpreadConstraint'] },
};

export const deniedOneWay: Waiver = {
  name: 'denied-one-way',
  reason: 'one direction has no rule, which denies all of it; the linter wants a rule in both',
  checks: { polaris: ['missingNetworkPolicy'] },
};

/** The annotations of an object with these waivers. */
export function waive(...waivers: readonly Waiver[]): Record<string, string> {
  const checks = (linter: Linter) =>
    waivers.flatMap(({ reason, checks }) => (checks[linter] ?? []).map((check) => ({ check, reason })));
  const scored = checks('kube-score').map(({ check }) => check);
  return {
    ...Object.fromEntries(waivers.map(({ name, reason }) => [`${annotationDomain}/waiver-${name}`, reason])),
    ...Object.fromEntries(
      checks('kube-linter').map(({ check, reason }) => [`ignore-check.kube-linter.io/${check}`, reason]),
    ),
    ...(scored.length > 0 && { 'kube-score/ignore': scored.join(',') }),
    ...Object.fromEntries(
      checks('polaris').map(({ check }) => [`polaris.fairwinds.com/${check}-exempt`, 'true']),
    ),
    ...Object.fromEntries(
      checks('checkov').map(({ check, reason }, index) => [
        `checkov.io/skip${index + 1}`,
        `${check}=${reason}`,
      ]),
    ),
  };
}
