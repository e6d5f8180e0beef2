import { duration } from '../../frame/clock.ts';
import type { Check } from '../../frame/step.ts';
import { all, failed, ok, warning } from './judge.ts';
import { isSeen, type SeenLook, type SeenSite } from './seen.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

/** What k3s keeps on the servers: encryption of Secrets, certificates, snapshots. */
export function checkServers(site: SeenSite): Check[] {
  const seen = site.hosts.filter(isSeen);
  if (seen.length === 0) return [];
  return [encryption(seen), certificates(site, seen), snapshots(site, seen)];
}

const printed = ({ facts }: SeenLook, command: string) => facts.commands[command]?.stdout ?? '';

function encryption(seen: readonly SeenLook[]): Check {
  const wrong = seen.flatMap((host) => {
    const status = printed(host, 'encryption');
    if (/^Encryption Status: Enabled/m.test(status) && /All hashes match/.test(status)) return [];
    const said = facts(host, 'encryption');
    return [`${host.node.alias}: ${said.split('\n')[0] || 'no answer'}`];
  });
  return all('secrets encrypted in etcd', wrong, {
    fine: 'enabled, the same keys on all servers',
    advice:
      'See k3s secrets-encrypt status there. It cannot be switched on later: restore into a new cluster.',
  });
}

function facts({ facts: { commands } }: SeenLook, name: string): string {
  const { stdout = '', stderr = '' } = commands[name] ?? {};
  return stdout.trim() || stderr.trim();
}

/** k3s renews a certificate when it starts with less than 120 days left on it. */
const RENEW_DAYS = 60;
const LAST_DAYS = 14;

interface Ending {
  readonly what: string;
  readonly end: number;
}

function certificates({ now, kubeconfigEnd }: SeenSite, seen: readonly SeenLook[]): Check {
  const endings: Ending[] = seen.flatMap((host) =>
    [...printed(host, 'certificates').matchAll(/^(\S+) notAfter=(.+)$/gm)].map(
      ([, file = '', date = '']) => ({
        what: `${host.node.alias} ${file.split('/').at(-1)}`,
        end: Date.parse(date),
      }),
    ),
  );
  if (endings.length === 0) return failed('certificates', 'no server shows any');
  if (kubeconfigEnd !== undefined)
    endings.push({ what: 'the kubeconfig of this workstation', end: kubeconfigEnd });
  const [first = { what: '', end: 0 }] = endings.sort((a, b) => a.end - b.end);
  const days = Math.floor((first.end - now) / DAY);
  const text = `${first.what} ends first, on ${new Date(first.end).toISOString().slice(0, 10)}, ${days < 0 ? 'which is past' : `in ${days} days`}`;
  if (days >= RENEW_DAYS) return ok('certificates', text);
  const advice =
    'k3s renews them at its start: systemctl restart k3s, one server after the other; then zx bootstrap/provision.mjs --only kubeconfig.';
  return days < LAST_DAYS
    ? failed('certificates', `${text}. ${advice}`)
    : warning('certificates', `${text}. ${advice}`);
}

/** They are taken every 6 hours; two may be missed before it counts. */
const OLDEST = 13 * HOUR;

function snapshots({ now, objects }: SeenSite, seen: readonly SeenLook[]): Check {
  const ages = seen.map((host) => {
    const times = [...printed(host, 'snapshots').matchAll(/^([\d.]+) /gm)].map(
      ([, seconds]) => Number(seconds) * 1000,
    );
    return {
      alias: host.node.alias,
      age: times.length > 0 ? now - Math.max(...times) : Number.POSITIVE_INFINITY,
    };
  });
  const old = ages.filter(({ age }) => age > OLDEST);
  if (old.length > 0 && clusterAge(objects, now) < OLDEST) {
    return ok('etcd snapshots', `the cluster is younger than ${duration(OLDEST)}`);
  }
  return all(
    'etcd snapshots',
    old.map(
      ({ alias, age }) => `${alias}: ${Number.isFinite(age) ? `the newest is ${duration(age)} old` : 'none'}`,
    ),
    {
      fine: `the newest of each server is at most ${duration(Math.max(...ages.map(({ age }) => age)))} old`,
      advice: 'See k3s etcd-snapshot ls and journalctl -u k3s there.',
    },
  );
}

/** Milliseconds since the first node joined; endless when nobody can tell. */
function clusterAge(objects: SeenSite['objects'], now: number): number {
  if (typeof objects === 'string') return Number.POSITIVE_INFINITY;
  const births = objects
    .filter(({ kind }) => kind === 'Node')
    .map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''));
  return births.length > 0 ? now - Math.min(...births) : Number.POSITIVE_INFINITY;
}
