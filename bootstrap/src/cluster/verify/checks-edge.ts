import { edgePorts } from '../../../../config/edge.ts';
import { systemPorts } from '../../../../config/hosts/system-ports.ts';
import type { Check } from '../../frame/step.ts';
import { all, list, ok } from './judge.ts';
import { mayReach, type PortRule, portRules } from './ports.ts';
import { isSeen, type Reach, type SeenSite } from './seen.ts';
import { answersOf, type SiteAnswer, siteProbes } from './site-probes.ts';

/** What can be reached: ports from the workstation, sites through the edge of each node. */
export function checkEdge(site: SeenSite): Check[] {
  return [...checkPorts(site), ...checkSites(site)];
}

function checkPorts(site: SeenSite): Check[] {
  const rules = portRules(site.cluster);
  const edge = edgePorts(site.cluster).map(({ port }) => port);
  const known = [systemPorts.ssh, systemPorts.kubernetesAPI, ...edge];
  const named: readonly (readonly [string, readonly PortRule[]])[] = [
    ['port 22, ssh', rules.filter(({ port }) => port === systemPorts.ssh)],
    ['port 6443, Kubernetes', rules.filter(({ port }) => port === systemPorts.kubernetesAPI)],
    ...edge.map((one) => [`port ${one}, edge`, rules.filter(({ port }) => port === one)] as const),
    ['other ports', rules.filter(({ port }) => !known.includes(port))],
  ];
  return named.map(([name, some]) => checkPortRules(site, name, some));
}

function checkPortRules(site: SeenSite, name: string, rules: readonly PortRule[]): Check {
  const tries = site.reach.filter(({ port }) => rules.some((rule) => rule.port === port));
  const wrong = tries.filter((one) => {
    const rule = rules.find(({ port }) => port === one.port);
    const expected = rule && expectation(site, rule, one);
    return expected !== undefined && expected !== one.isOpen;
  });
  const said = ({ node, address, port, isOpen }: Reach) =>
    `${node.alias}: ${address} port ${port} is ${isOpen ? 'open' : 'shut'} to this workstation`;
  const open = tries.filter(({ isOpen }) => isOpen).length;
  return all(name, wrong.map(said), {
    fine: `${open === 0 ? 'shut' : open === tries.length ? 'open' : `open ${open} times of ${tries.length}`} to this workstation, as cluster.yaml says`,
    advice: 'zx bootstrap/firewall.mjs; and see the firewall at the provider',
  });
}

/**
 * Undefined where nobody knows: from which address this workstation would come, or of a host that does not answer at all,
 * which is told elsewhere.
 */
function expectation(site: SeenSite, rule: PortRule, { node, address, isOpen }: Reach): boolean | undefined {
  if (rule.sources.length === 0) return false;
  const answers = site.hosts.some((host) => host.node.alias === node.alias && isSeen(host));
  if (!answers && !isOpen) return undefined;
  const source = site.hosts.filter(isSeen).flatMap(({ facts }) => facts.sshClient ?? [])[0];
  const sameFamily = source?.includes(':') === address.includes(':');
  return source !== undefined && sameFamily ? mayReach(rule, source) : undefined;
}

/** Every site through every node: from the workstation where the edge is open to it, otherwise on the host itself. */
function checkSites(site: SeenSite): Check[] {
  const answers = site.hosts.filter(isSeen).flatMap(({ node, facts }) => {
    const outside = site.answers.filter((answer) => answer.node.alias === node.alias);
    return outside.length > 0 ? outside : answersOf(site.cluster, node, facts);
  });
  if (answers.length === 0) return [];
  return siteProbes(site.cluster).map(({ name, expected }) =>
    checkSite(
      name,
      expected,
      answers.filter(({ probe }) => probe.name === name),
    ),
  );
}

function checkSite(name: string, expected: string, answers: readonly SiteAnswer[]): Check {
  const wrong = answers.filter(({ probe, status }) => !probe.isRight(status));
  const said = ({ status }: SiteAnswer) => (status === 0 ? 'no answer' : String(status));
  const from = list([...new Set(answers.map((answer) => answer.from))]);
  if (wrong.length === 0) {
    const statuses = list([...new Set(answers.map(said))]);
    return ok(name, `${statuses} through ${answers.length} nodes, asked from ${from}`);
  }
  return all(
    name,
    wrong.map((answer) => `${answer.node.alias}: ${said(answer)}`),
    {
      fine: '',
      advice: `Expected is ${expected}; asked from ${from}. See kubectl -n traefik logs ds/traefik.`,
    },
  );
}
