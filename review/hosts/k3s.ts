import { fixedSettings } from '../../config/hosts/k3s-config.ts';
import { systemPorts } from '../../config/hosts/system-ports.ts';
import { fieldOf, isWithin } from '../compare/path.ts';
import type { Change } from '../compare/values.ts';
import { type Effect, effect } from '../impact.ts';
import { some } from '../judge/list-text.ts';

/** What k3s is told, on each server. */

/** An upgrade of three servers took 62 s in the lab, waiting for etcd's vote between them included (test/lab/README.md). */
export const restarts = effect(
  'interrupts',
  'k3s restarts, one server after the other: the API server of each is away for some 20 s, pods and traffic go on',
);

const NEW_CLUSTER = 'it is set when a cluster is born: put it back, or build a new cluster and move';

/** Keys that keep somebody out, and the value that does so best. */
const GUARDS: Readonly<Record<string, unknown>> = {
  'protect-kernel-defaults': true,
  'write-kubeconfig-mode': '0600',
  'embedded-registry': false,
};
/** Lists of which every element keeps somebody out. */
const GUARD_LISTS = ['disable', 'kube-apiserver-arg', 'kube-proxy-arg'];

/** Changes of config.yaml. Provisioning refuses another value of what is fixed. */
export function k3sConfig(changes: readonly Change[]): Effect[] {
  const fixed = fixedSettings.filter((key) =>
    changes.some(({ path, before }) => isWithin(fieldOf(path), key) && before !== undefined),
  );
  const looser = changes
    .filter(isLooser)
    .map(({ path, before }) => `${fieldOf(path)} was ${JSON.stringify(before)}`);
  return [
    ...(fixed.length > 0
      ? [effect('refused by the API', `${some(fixed)} cannot change on a running cluster`, NEW_CLUSTER)]
      : []),
    ...(looser.length > 0 ? [effect('widens access', some(looser, '; '))] : []),
    restarts,
  ];
}

/** What is about logs and figures is no guard. */
const HARMLESS = /^(audit-log-max|terminated-pod-gc)/;

function isLooser({ path, before, after }: Change): boolean {
  const [key] = path;
  if (typeof key !== 'string' || before === undefined) return false;
  if (Object.hasOwn(GUARDS, key)) return before === GUARDS[key] && after !== GUARDS[key];
  return GUARD_LISTS.includes(key) && !HARMLESS.test(String(before));
}

/** `v1.34.6+k3s1` to another release. */
export function k3sRelease(old: string, next: string): Effect[] {
  if (old === '') return [];
  const [before, after] = [minorOf(old), minorOf(next)];
  if (after === undefined || before === undefined) return [restarts];
  if (after > before + 1)
    return [
      effect(
        'refused by the API',
        `from 1.${before} to 1.${after}: a minor release cannot be skipped`,
        'go there release by release',
      ),
    ];
  if (after < before || (after === before && patchOf(next) < patchOf(old)))
    return [
      effect(
        'refused by the API',
        `${next} is older than ${old}: the cluster does not go back`,
        'restore a snapshot from before the upgrade',
      ),
    ];
  return [
    effect(
      'interrupts',
      `${old} becomes ${next}, one server after the other: the API server of each is away for some 20 s`,
    ),
  ];
}

const minorOf = (version: string) => numberIn(/^v1\.(\d+)\./, version);
const patchOf = (version: string) => numberIn(/^v1\.\d+\.(\d+)/, version) ?? 0;

function numberIn(pattern: RegExp, text: string): number | undefined {
  const match = pattern.exec(text)?.[1];
  return match === undefined ? undefined : Number(match);
}

/** The API server's own defaults for namespaces that say nothing (psa.yaml). */
export function admission(changes: readonly Change[]): Effect[] {
  const looser = changes.filter(({ path }) => /defaults|exemptions|PodSecurity/.test(fieldOf(path)));
  return [
    ...(looser.length > 0
      ? [effect('widens access', 'Pod Security of namespaces without labels, or its exemptions, differ')]
      : []),
    restarts,
  ];
}

/** Lines of sysctl. */
export function sysctl(changes: readonly Change[]): Effect[] {
  const start = (value: unknown) => numberIn(/ip_unprivileged_port_start = (\d+)/, String(value ?? ''));
  const lower = changes.some(
    ({ before, after }) =>
      (start(before) ?? 0) > (start(after) ?? systemPorts.ssh) && start(before) !== undefined,
  );
  return lower ? [effect('widens access', 'programs without root may take lower ports')] : [];
}
