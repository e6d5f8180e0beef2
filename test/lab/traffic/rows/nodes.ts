import { host, type LabHost, PRODUCTION_HOSTS, waitFor } from '../../lab.ts';
import { nodesReady, spread } from '../calm.ts';
import { closeEdge, openEdge } from '../edge-door.ts';
import { keep, measures, underLoad, type Write } from '../measure.ts';
import { type Pod, podsOf, settled } from '../pods.ts';
import { besidesStartOfTraefik, failuresOf, lastFailureAfter, noticed } from '../row.ts';
import type { Site } from '../site.ts';
import { everyday, writes } from '../streams.ts';
import { lostOf } from './writes.ts';

/** Each server in turn: taken down in order, cut off from power, and back. */
export function nodes(site: () => Site): void {
  for (const { alias } of PRODUCTION_HOSTS) {
    drained(site, alias);
    powerLost(site, alias);
  }
}

const REDIS_HOST = 'hetzner1';
const withRedis = (alias: string) => (alias === REDIS_HOST ? ', the one with Redis' : '');

function drained(site: () => Site, alias: string): void {
  const what = `${alias}${withRedis(alias)}: out of the edge, drain, reboot, back`;
  measures(site, { id: `drain-${alias}`, what, minutes: 12 }, async (on, write) => {
    const server = host(alias);
    const times = stopwatch();
    const report = await underLoad(on, [...everyday(on.domains()), writes(on.domains())], async () => {
      await closeEdge(server);
      await on.without(server, async () => {
        const options = '--ignore-daemonsets --delete-emptydir-data --timeout=200s';
        await on.kubectl(`drain ${server.hostname} ${options}`);
        times.lap('drained');
        await server.reboot();
        await on.serves(server);
        await nodesReady(on);
        times.lap('Ready again');
      });
      await on.kubectl(`uncordon ${server.hostname}`);
      await settled(on, 'traefik');
      await settled(on, 'redis');
      await openEdge(server);
      await spread(on);
      times.lap('pods spread again');
    });
    const lost = await lostOf(on, report);
    const refused = report.streams.writes?.failed ?? 0;
    write(report, `${times}; writes: ${refused} refused, ${lost.length} lost`);
    expect(failuresOf(report)).toEqual([]);
    expect(lost).toEqual([]);
    if (alias !== REDIS_HOST) expect(refused).toBe(0);
  });
}

/** Longest that visitors may notice anything of a server that lost its power. */
const NOTICED_MS = 60_000;

/** Two rows in one test: the second begins where the first has ended. */
function powerLost(site: () => Site, alias: string): void {
  const what = `${alias}${withRedis(alias)}: power off`;
  measures(site, { id: `power-off-${alias}`, what, minutes: 15 }, async (on, write) => {
    const server = host(alias);
    await goes(on, server, write);
    const returned = { id: `return-${alias}`, what: `${alias}${withRedis(alias)}: power on again` };
    await returns(on, server, (report, seen) => keep(returned, report, seen));
  });
}

async function goes(on: Site, server: LabHost, write: Write): Promise<void> {
  const times = stopwatch();
  let offAt = 0;
  const report = await underLoad(on, [...everyday(on.domains()), writes(on.domains())], async () => {
    offAt = Date.now();
    await server.powerOff();
    await on.without(server, async () => {
      const down = async () => / NotReady/.test(await on.kubectl(`get node ${server.hostname} --no-headers`));
      await waitFor('the server to be called dead', down, { timeoutMs: 120_000, intervalMs: 1_000 });
      times.lap('called dead');
      await waitFor('its pods to run elsewhere', () => ranElsewhere(on, server), {
        timeoutMs: 180_000,
        intervalMs: 1_000,
      });
      times.lap('pods elsewhere');
    });
  });
  const lasted = lastFailureAfter(report, offAt);
  write(report, `${noticed(lasted)}; ${times}; writes: ${report.streams.writes?.failed ?? 0} refused`);
  expect(lasted ?? 0).toBeLessThan(NOTICED_MS);
  expect(failuresOf(report).filter((line) => !line.includes(`${server.publicIPv4}:`))).toEqual([]);
}

async function returns(on: Site, server: LabHost, write: Write): Promise<void> {
  const times = stopwatch();
  const report = await underLoad(on, [...everyday(on.domains()), writes(on.domains())], async () => {
    await on.without(server, async () => {
      await server.boot();
      await on.serves(server);
      times.lap('serves');
      await nodesReady(on);
    });
    await settled(on, 'traefik');
    await settled(on, 'redis');
    await spread(on);
    times.lap('pods spread again');
  });
  const lost = await lostOf(on, report);
  write(report, `${times}; writes: ${lost.length} lost`);
  expect(besidesStartOfTraefik(report)).toEqual([]);
  expect(lost).toEqual([]);
}

/** Whether the pods of a dead server, but for Redis and those that every server has, run on the others. */
async function ranElsewhere(site: Site, server: LabHost): Promise<boolean> {
  const wanted = { api: 3, admin: 3, worker: 1, vmagent: 1 };
  for (const [workload, count] of Object.entries(wanted)) {
    const serves = (pod: Pod) => pod.ready && !pod.leaving && pod.node !== server.hostname;
    if ((await podsOf(site, workload)).filter(serves).length < count) return false;
  }
  return true;
}

interface Stopwatch {
  lap(what: string): void;
  /** `drained 12 s, Ready again 40 s`: each since the beginning. */
  toString(): string;
}

function stopwatch(): Stopwatch {
  const began = Date.now();
  const laps: string[] = [];
  return {
    lap: (what) => laps.push(`${what} after ${Math.round((Date.now() - began) / 1000)} s`),
    toString: () => laps.join(', '),
  };
}
