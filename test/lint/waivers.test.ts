import { buildApp } from '../../charts/index.ts';
import * as waivers from '../../charts/waivers.ts';
import { identity, parseManifests } from '../../synth/compare.ts';
import { render } from '../../synth/render.ts';
import { reasonsOn, waivedOn, withoutWaivers } from '../../tools/lint-manifests-waivers.ts';
import { variants } from '../clusters.ts';

const image = ['kube-score container-image-pull-policy', 'polaris pullPolicyNotAlways'];
const imageOfCheckov = ['checkov CKV_K8S_15', 'checkov CKV_K8S_43'];

/** Every finding that is agreed to be lived with. A new line here is a decision for the reviewer. */
const CLOSED_LIST: Readonly<Record<string, readonly string[]>> = {
  'DaemonSet traefik/traefik': [
    ...image,
    ...imageOfCheckov,
    'kube-linter host-network',
    'polaris hostNetworkSet',
    'polaris hostPortSet',
    'polaris topologySpreadConstraint',
    'checkov CKV_K8S_19',
    'checkov CKV_K8S_26',
  ],
  'StatefulSet honeydue/redis': [
    ...image,
    ...imageOfCheckov,
    'polaris topologySpreadConstraint',
    'polaris missingNetworkPolicy',
  ],
  'Deployment honeydue/api': [...image, ...imageOfCheckov, 'checkov CKV_K8S_35'],
  'Deployment honeydue/worker': [
    ...image,
    ...imageOfCheckov,
    'checkov CKV_K8S_35',
    'polaris deploymentMissingReplicas',
    'polaris missingNetworkPolicy',
  ],
  'Deployment honeydue/admin': [...image, ...imageOfCheckov],
  'Deployment honeydue/vmagent': [
    ...image,
    ...imageOfCheckov,
    'polaris deploymentMissingReplicas',
    'polaris missingPodDisruptionBudget',
    'polaris topologySpreadConstraint',
    'polaris missingNetworkPolicy',
  ],
};

/** All that charts/waivers.ts exports. */
const known = Object.values(waivers).flat().filter(isWaiver);

/** `kube-linter host-network`: what a waiver gives the reason for. */
const covers = ({ checks }: waivers.Waiver) =>
  Object.entries(checks).flatMap(([linter, names]) => names.map((name) => `${linter} ${name}`));

/** A shorter reason is a word such as `needed`. */
const MEANINGFUL = 20;

function isWaiver(value: unknown): value is waivers.Waiver {
  return typeof value === 'object' && value !== null && 'reason' in value;
}

describe.each(['as it is', 'strict edge'] as const)('waivers of the cluster %s', (variant) => {
  const manifests = parseManifests(render(buildApp(variants[variant]())));
  const waived = manifests
    .flatMap(waivedOn)
    .map((one) => [one.object, `${one.linter} ${one.check}`] as const);

  // A linter that is silenced here and there ends up saying nothing: whoever adds a waiver has to say so twice.
  test('are the closed list, on objects that exist, and none is for all checks of a linter', () => {
    const byObject: Record<string, string[]> = {};
    for (const [object, check] of waived) byObject[object] = [...(byObject[object] ?? []), check].sort();
    expect(byObject).toEqual(
      Object.fromEntries(Object.entries(CLOSED_LIST).map(([object, checks]) => [object, [...checks].sort()])),
    );
  });

  // kube-score and Polaris take no reason in their own annotations; a waiver without one cannot be judged later.
  test('each carry their reason on the same object', () => {
    const unexplained = manifests.flatMap((manifest) => {
      const reasons = reasonsOn(manifest);
      const explained = new Set(
        known.filter(({ name }) => (reasons[name] ?? '').length >= MEANINGFUL).flatMap(covers),
      );
      return waivedOn(manifest)
        .map(({ linter, check }) => `${linter} ${check}`)
        .filter((check) => !explained.has(check))
        .map((check) => `${identity(manifest)}: ${check}`);
    });
    expect(unexplained).toEqual([]);
  });

  // On a pod template they would do the same, and a reworded reason would restart every pod.
  test('are not part of what pods are made from', () => {
    expect(
      manifests.flatMap(({ metadata: _, ...rest }) => waivedOn({ ...rest, metadata: { name: '' } })),
    ).toEqual([]);
  });

  // The linters see this to tell which waivers are still needed; one that stays would look needless.
  test('are all gone from what is linted without them', () => {
    expect(manifests.map(withoutWaivers).flatMap(waivedOn)).toEqual([]);
    expect(manifests.map(withoutWaivers).map(identity)).toEqual(manifests.map(identity));
  });
});
