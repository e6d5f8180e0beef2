import { type LabHost, waitFor } from '../../lab.ts';
import { nodesReady } from '../calm.ts';
import { measures, underLoad } from '../measure.ts';
import { podsOf, settled, theReadyPod } from '../pods.ts';
import { failuresOf } from '../row.ts';
import { hostOfNode, type Site } from '../site.ts';
import { everyday, jobs } from '../streams.ts';
import { theOther } from './images.ts';
import { finished, type Ledger, noDoubleScheduler } from './ledger.ts';

const told = ({ enqueued, doubled, restarts }: Ledger) =>
  `${enqueued} jobs, none lost, ${restarts} begun again, ${doubled.length} done twice`;

/** The worker leaves in every way there is: no two schedulers, no job lost. */
export function worker(site: () => Site): void {
  measures(site, { id: 'worker-rollout', what: 'worker: a new image' }, async (on, write) => {
    await on.choose({ worker: theOther(on, 'worker') });
    const { report, ledger } = await withJobs(on, async () => {
      await on.operate('deploy');
    });
    write(report, told(ledger));
    expect(failuresOf(report)).toEqual([]);
    noDoubleScheduler(ledger);
    expect(ledger.doubled).toEqual([]);
  });

  measures(site, { id: 'worker-crash', what: 'worker: killed (SIGKILL)', short: true }, async (on, write) => {
    const { report, ledger } = await withJobs(on, async () => {
      const { node, restarts } = await theReadyPod(on, 'worker');
      await hostOfNode(node).must('pkill -KILL -x worker');
      const again = async () =>
        (await podsOf(on, 'worker')).some((pod) => pod.ready && pod.restarts > restarts);
      await waitFor('the worker to run again', again, { timeoutMs: 120_000, intervalMs: 500 });
    });
    write(report, told(ledger));
    expect(failuresOf(report)).toEqual([]);
    noDoubleScheduler(ledger);
  });

  const lost = {
    id: 'worker-node-lost',
    what: 'worker: its server loses power, and comes back',
    minutes: 12,
  };
  measures(site, lost, async (on, write) => {
    const server = await awayFromRedis(on);
    const { report, ledger } = await withJobs(on, async () => {
      await server.powerOff();
      await on.without(server, () => runsElsewhere(on, server));
      await server.boot();
      await on.without(server, () => nodesReady(on));
      await settled(on, 'worker');
    });
    write(report, told(ledger));
    noDoubleScheduler(ledger);
  });

  const cut = {
    id: 'worker-cut-off',
    what: 'worker: its server cut off from the others, and back',
    minutes: 12,
  };
  measures(site, cut, async (on, write) => {
    const server = await awayFromRedis(on);
    const { report, ledger } = await withJobs(on, async () => {
      await server.cable('private', 'out');
      await on.without(server, () => runsElsewhere(on, server));
      await server.cable('private', 'in');
      await on.without(server, () => nodesReady(on));
      await settled(on, 'worker');
    });
    // Each of the two beats twice a second, and every beat tells that the other was alive.
    const { overlaps: beats } = ledger.beat;
    write(
      report,
      `${told(ledger)}; two schedulers for about ${Math.ceil(beats / 4)} s after the cable was back`,
    );
    expect(ledger.overlaps).toBe(0);
    expect(ledger.doubled).toEqual([]);
  });
}

/** Under visitors and jobs; ends when every job is done. */
async function withJobs(on: Site, work: () => Promise<void>) {
  await on.ask('DELETE', '/lab/ledger');
  const report = await underLoad(on, [...everyday(on.domains()), jobs(on.domains())], work);
  return { report, ledger: await finished(on) };
}

/** The worker's server, after the worker has been moved away from Redis's if it was there. */
async function awayFromRedis(on: Site): Promise<LabHost> {
  const { node: redisNode } = await theReadyPod(on, 'redis');
  if ((await theReadyPod(on, 'worker')).node === redisNode) {
    await on.kubectl(`cordon ${redisNode}`);
    await on.kubectl('-n honeydue rollout restart deploy/worker');
    await on.kubectl('-n honeydue rollout status deploy/worker --timeout=200s');
    await on.kubectl(`uncordon ${redisNode}`);
  }
  return hostOfNode((await settled(on, 'worker'))[0]?.node ?? '');
}

async function runsElsewhere(on: Site, { hostname }: LabHost): Promise<void> {
  const elsewhere = async () =>
    (await podsOf(on, 'worker')).some(({ ready, leaving, node }) => ready && !leaving && node !== hostname);
  await waitFor('a worker on another server', elsewhere, { timeoutMs: 240_000, intervalMs: 1_000 });
}
