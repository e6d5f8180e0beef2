import { endOfLife } from '../../../../config/k3s-releases.ts';
import type { Cluster } from '../../../../config/schema.ts';
import { secretKeys, secrets } from '../../../../config/secrets.ts';
import { duration } from '../../frame/clock.ts';
import type { Check } from '../../frame/step.ts';
import { type KubeObject, objectName } from '../object.ts';
import { rolloutsOf } from '../rollout/look.ts';
import { containers } from '../rollout/pod.ts';
import { isTrue } from '../rollout/state.ts';
import { firstLine } from './checks-hosts.ts';
import { all, failed, list, ok, warning } from './judge.ts';
import type { SeenSite } from './seen.ts';

/** What the API tells: nodes, votes, versions, pods. */
export function checkCluster(site: SeenSite): Check[] {
  const { objects } = site;
  if (typeof objects === 'string') {
    return [failed('Kubernetes API', objects.split('\n').slice(0, -1).join('; ')), endOfSupport(site)];
  }
  return [
    ...checkNodes(site, objects),
    endOfSupport(site),
    dns(site, objects),
    rollouts(site, objects),
    restarts(site, objects),
    secretValues(site),
  ];
}

function checkNodes({ cluster }: SeenSite, objects: readonly KubeObject[]): Check[] {
  const wanted = cluster.nodes.map(({ hostname }) => hostname);
  const named = namesOf(cluster);
  const nodes = objects.filter(({ kind }) => kind === 'Node');
  const find = (name: string) => nodes.find(({ metadata }) => metadata.name === name);
  const others = nodes.map(({ metadata }) => metadata.name).filter((name) => !wanted.includes(name));
  const without = (condition: string) =>
    wanted.filter((name) => !isTrue(find(name) ?? nothing, condition)).map((name) => `${named(name)} is not`);
  const versions = wanted.flatMap((name) => {
    const version = versionOf(find(name));
    return version === undefined || version === cluster.k3s.version ? [] : [`${named(name)} runs ${version}`];
  });
  const shut = wanted.filter(
    (name) => (find(name)?.spec as { unschedulable?: boolean } | undefined)?.unschedulable,
  );
  return [
    all('nodes Ready', [...without('Ready'), ...others.map((name) => `${name} is not in cluster.yaml`)], {
      fine: list(cluster.nodes.map(({ alias }) => alias)),
      advice: 'See kubectl describe node.',
    }),
    // Ready does not show it: a server that does not vote does not count when another one is lost.
    all('nodes vote in etcd', without('EtcdIsVoter'), {
      fine: `${wanted.length} of ${wanted.length}`,
      advice: 'See journalctl -u k3s there.',
    }),
    all('nodes take pods', shut.map(named), {
      state: 'warning',
      fine: 'none is cordoned',
      advice: 'After maintenance: kubectl uncordon.',
    }),
    all('k3s version', versions, {
      fine: cluster.k3s.version,
      advice: 'zx bootstrap/provision.mjs --only k3s',
    }),
  ];
}

/** A node by both of its names, as their numbers do not match: `hetzner1 (ubuntu-8gb-nbg1-2)`. */
const namesOf =
  ({ nodes }: Cluster) =>
  (hostname: string): string =>
    `${nodes.find((node) => node.hostname === hostname)?.alias} (${hostname})`;

const nothing: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: '' } };

function versionOf(node: KubeObject | undefined): string | undefined {
  const { nodeInfo } = (node?.status ?? {}) as { readonly nodeInfo?: { readonly kubeletVersion: string } };
  return nodeInfo?.kubeletVersion;
}

/** Days before the end from which on it is said. */
const SOON = 60;

function endOfSupport({ cluster, now }: SeenSite): Check {
  const name = 'Kubernetes is mended';
  const end = endOfLife(cluster.k3s.version, now);
  if (!end) return warning(name, `when the minor of ${cluster.k3s.version} ends is not known here`);
  const { minor, date, daysLeft } = end;
  if (daysLeft > SOON) return ok(name, `${minor} until ${date}`);
  const when = daysLeft < 0 ? `ended on ${date}` : `ends on ${date}`;
  return warning(name, `${minor} ${when}: plan the move, one minor at a time`);
}

/** One a node: the loss of a node then takes no name along. */
function dns({ cluster }: SeenSite, objects: readonly KubeObject[]): Check {
  const pods = objects.filter(
    ({ kind, metadata }) =>
      kind === 'Pod' && metadata.namespace === 'kube-system' && metadata.labels?.['k8s-app'] === 'kube-dns',
  );
  const on = pods
    .filter((pod) => isTrue(pod, 'Ready'))
    .map(({ spec }) => (spec as { nodeName?: string }).nodeName);
  const missing = cluster.nodes.map(({ hostname }) => hostname).filter((name) => !on.includes(name));
  return all(
    'DNS on every node',
    missing.map((name) => `none on ${namesOf(cluster)(name)}`),
    {
      fine: `CoreDNS on ${cluster.nodes.length} of ${cluster.nodes.length}`,
      advice: 'zx bootstrap/provision.mjs --only k3s',
    },
  );
}

function rollouts({ workloads }: SeenSite, objects: readonly KubeObject[]): Check {
  const there = rolloutsOf(objects, workloads);
  const missing = workloads.filter(
    (one) => !there.some(({ workload }) => objectName(workload) === objectName(one)),
  );
  const open = there.filter(({ state }) => state !== 'complete');
  return all(
    'pods of dist/',
    [
      ...missing.map((one) => `${objectName(one)} is not there`),
      ...open.map(
        ({ workload, text, reason }) =>
          `${objectName(workload)}: ${text}${reason ? `; ${firstLine(reason)}` : ''}`,
      ),
    ],
    {
      fine: `${there.length} workloads, all new and ready`,
      advice: 'zx bootstrap/deploy.mjs goes on with it, or says why it cannot',
    },
  );
}

const RECENT = 24 * 60 * 60_000;

function restarts({ now }: SeenSite, objects: readonly KubeObject[]): Check {
  const ended = objects
    .filter(({ kind }) => kind === 'Pod')
    .flatMap((pod) =>
      containers(pod).flatMap(({ restartCount, lastState }) => {
        const { finishedAt = '', exitCode, reason: why } = lastState?.terminated ?? {};
        const ago = now - Date.parse(finishedAt);
        if (!(ago < RECENT)) return [];
        return [
          `${pod.metadata.namespace}/${pod.metadata.name} ${restartCount} times, last ${duration(Math.max(0, ago))} ago with exit code ${exitCode}${why ? ` (${why})` : ''}`,
        ];
      }),
    );
  return all('restarts in a day', ended, {
    state: 'warning',
    fine: 'none',
    advice: 'See kubectl logs --previous.',
  });
}

function secretValues({ cluster, secretKeys: live }: SeenSite): Check {
  const asked = secretKeys(cluster);
  const missing = asked.filter(
    ({ secret, key }) => !live.get(`${secrets[secret].namespace}/${secret}`)?.includes(key),
  );
  const required = missing.filter((key) => key.required);
  const optional = missing.filter((key) => !key.required);
  const without =
    optional.length > 0 ? `; not given, and optional: ${list(optional.map(({ name }) => name))}` : '';
  return all(
    'secret values',
    required.map(({ name }) => `${name} is missing`),
    {
      fine: `${asked.length - missing.length} of ${asked.length} are there${without}`,
      advice: 'zx bootstrap/secrets.mjs',
    },
  );
}
