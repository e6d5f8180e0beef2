import { waitFor } from '../../lab.ts';
import { measures, underLoad } from '../measure.ts';
import { podsOf, settled, theReadyPod } from '../pods.ts';
import { failuresOf } from '../row.ts';
import { hostOfNode, type Site } from '../site.ts';
import { everyday, writes } from '../streams.ts';
import { lostOf, redisCli } from './writes.ts';

/** What Redis has acknowledged is still there, however it ends; and who needs no Redis notices nothing. */
export function redis(site: () => Site): void {
  measures(
    site,
    { id: 'redis-sigterm', what: 'Redis: stopped (SIGTERM), started again', short: true },
    async (on, write) => {
      const { report, lost, acknowledged, refused } = await withWrites(on, async () => {
        const { uid } = await theReadyPod(on, 'redis');
        await on.kubectl('-n honeydue delete pod redis-0 --wait=false');
        const another = async () => (await podsOf(on, 'redis')).some((pod) => pod.ready && pod.uid !== uid);
        await waitFor('the next pod of Redis', another, { timeoutMs: 120_000, intervalMs: 500 });
      });
      write(report, `${acknowledged} writes acknowledged, ${lost.length} lost, ${refused} refused meanwhile`);
      expect(failuresOf(report)).toEqual([]);
      expect(lost).toEqual([]);
    },
  );

  measures(
    site,
    { id: 'redis-sigkill', what: 'Redis: killed (SIGKILL), started again', short: true },
    async (on, write) => {
      let killedAt = 0;
      const { report, lost, acknowledged, refused } = await withWrites(on, async () => {
        const { node, restarts } = await theReadyPod(on, 'redis');
        killedAt = Date.now();
        await hostOfNode(node).must('pkill -KILL -x redis-server');
        const again = async () =>
          (await podsOf(on, 'redis')).some((pod) => pod.ready && pod.restarts > restarts);
        await waitFor('Redis to run again', again, { timeoutMs: 120_000, intervalMs: 500 });
      });
      write(report, `${acknowledged} writes acknowledged, ${lost.length} lost, ${refused} refused meanwhile`);
      expect(failuresOf(report)).toEqual([]);
      expect(lost.filter(({ atMs }) => atMs < killedAt - 1_000)).toEqual([]);
    },
  );

  measures(site, { id: 'redis-full', what: 'Redis: memory full, and emptied again' }, async (on, write) => {
    let filled = 0;
    const { report, lost, acknowledged, refused } = await withWrites(on, async () => {
      filled = await fill(on);
      expect(await redisCli(on, 'info stats')).toMatch(/^evicted_keys:0\r?$/m);
      // Reads go on: the list itself is too long to read whole here.
      expect(Number(await redisCli(on, 'llen lab:writes'))).toBeGreaterThan(0);
      await redisCli(on, 'del lab:ballast');
    });
    write(
      report,
      `${filled} MB written until it refused; nothing evicted; ${acknowledged} writes acknowledged, ${lost.length} lost, ${refused} refused while full`,
    );
    expect(failuresOf(report)).toEqual([]);
    expect(lost).toEqual([]);
    expect(refused).toBeGreaterThan(0);
  });

  const password = { id: 'redis-password', what: 'Redis: password off, and on again, by prod.env' };
  measures(site, password, async (on, write) => {
    const { REDIS_PASSWORD = '' } = on.workspace.secrets;
    const { report, lost, acknowledged, refused } = await withWrites(on, async () => {
      on.workspace.setSecrets({ REDIS_PASSWORD: '' });
      await on.operate('secrets');
      expect(await on.kubectl('-n honeydue exec redis-0 -- redis-cli ping')).toMatch(/^PONG/);
      on.workspace.setSecrets({ REDIS_PASSWORD });
      await on.operate('secrets');
      expect(await on.kubectl('-n honeydue exec redis-0 -- redis-cli ping')).toMatch(/^NOAUTH/);
      for (const workload of ['api', 'worker', 'redis']) await settled(on, workload);
    });
    write(report, `${acknowledged} writes acknowledged, ${lost.length} lost, ${refused} refused meanwhile`);
    expect(failuresOf(report)).toEqual([]);
    expect(lost).toEqual([]);
  });
}

async function withWrites(on: Site, work: () => Promise<void>) {
  const report = await underLoad(on, [...everyday(on.domains()), writes(on.domains())], work);
  const { acknowledged = [], failed = 0 } = report.streams.writes ?? {};
  return { report, lost: await lostOf(on, report), acknowledged: acknowledged.length, refused: failed };
}

/** Megabytes of ballast that Redis takes before it refuses. Its limit is 256 MiB. */
async function fill(on: Site): Promise<number> {
  const script =
    'local text = string.rep("x", 1048576) for i = 1, 16 do redis.call("rpush", KEYS[1], text) end return 16';
  for (let megabytes = 0; megabytes < 1024; megabytes += 16) {
    const said = await redisCli(on, `eval "${script.replaceAll('"', '\\"')}" 1 lab:ballast`);
    if (/OOM/.test(said)) return megabytes;
  }
  throw new Error('Redis has taken 1 GB and not refused');
}
