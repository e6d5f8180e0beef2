import { planFirewall, rulesOf } from '../../firewall/plan-host.ts';
import { duration } from '../../frame/clock.ts';
import type { Check } from '../../frame/step.ts';
import { planHost } from '../../hosts/plan-host.ts';
import { planK3s } from '../../k3s/plan.ts';
import { readServer } from '../../k3s/state.ts';
import { all, drift, list } from './judge.ts';
import { isSeen, type SeenLook, type SeenSite } from './seen.ts';

/** The hosts: that they answer, and are what the steps of provisioning make of them. */
export function checkHosts(site: SeenSite): Check[] {
  const seen = site.hosts.filter(isSeen);
  const lost = site.hosts.flatMap((look) => (isSeen(look) ? [] : [firstLine(look.error)]));
  const names = list(seen.map(({ node }) => node.alias));
  const answer = all('hosts answer', lost, { fine: names });
  if (seen.length === 0) return [answer];
  return [
    answer,
    all('hosts as planned', hostDrift(site, seen), { fine: names, advice: mend('hosts') }),
    all('firewall as planned', firewallDrift(site, seen), {
      fine: `UFW is on; ${list(seen.map(rulesOn))}`,
      advice: mend('firewall'),
    }),
    all('k3s as planned', k3sDrift(site, seen), { fine: site.cluster.k3s.version, advice: mend('k3s') }),
    clocks(seen),
    all(
      'reboots',
      seen.filter(({ facts }) => facts.rebootRequired).map(({ node }) => node.alias),
      {
        state: 'warning',
        fine: 'no host asks for one',
        advice: 'An upgrade needs a reboot there: drain it first, one host at a time.',
      },
    ),
  ];
}

export const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';

export const mend = (step: string) => `zx bootstrap/provision.mjs --only ${step} mends it`;

function hostDrift({ cluster, operatorKey }: SeenSite, seen: readonly SeenLook[]): string[] {
  const operators = { own: operatorKey, listed: cluster.operators };
  const plans = seen.map((host) => planHost(cluster, operators, host));
  return plans.flatMap(({ changes, problems }) => [...drift(changes), ...problems]);
}

function firewallDrift({ cluster }: SeenSite, seen: readonly SeenLook[]): string[] {
  return seen.flatMap((host) => drift(planFirewall(cluster, host).changes));
}

function rulesOn({ node, facts }: SeenLook): string {
  const { v4, v6 } = rulesOf(facts);
  return `${node.alias} ${v4.length + v6.length} rules`;
}

function k3sDrift({ cluster }: SeenSite, seen: readonly SeenLook[]): string[] {
  const { changes, problems } = planK3s(cluster, seen.map(readServer));
  return [...drift(changes), ...problems];
}

/** Milliseconds: etcd complains from here on. */
const MOST_OFFSET = 1_000;

/** The answer came somewhere between the question and now: an offset counts when it cannot be that. */
function clocks(seen: readonly SeenLook[]): Check {
  const off = seen.flatMap(({ node, facts, before, after }) => {
    const ahead = facts.now - after;
    const behind = before - facts.now;
    if (Math.max(ahead, behind) <= MOST_OFFSET) return [];
    const [by, direction] = ahead > behind ? [ahead, 'ahead of'] : [behind, 'behind'];
    return [`${node.alias} is at least ${duration(by)} ${direction} this workstation`];
  });
  if (off.length > 0) {
    const advice = 'See timedatectl on both sides: etcd, TLS and signed uploads need the right time.';
    return all('clocks', off, { fine: '', advice });
  }
  const free = seen.filter(({ facts }) => !facts.clockSynchronized).map(({ node }) => node.alias);
  return all('clocks', free.length > 0 ? [`${list(free)} not synchronised with a time server`] : [], {
    state: 'warning',
    fine: 'synchronised, and the same as here',
    advice: 'See timedatectl timesync-status there.',
  });
}
