import { waitFor } from '../../lab.ts';
import { measures, underLoad } from '../measure.ts';
import { type Pod, podsOf } from '../pods.ts';
import { failuresOf } from '../row.ts';
import { hostOfNode, type Site } from '../site.ts';
import { everyday } from '../streams.ts';
import { theCurrent } from './images.ts';

/** How long three that wait for each other's migrations may take: 3 x 60 s, and the start of their containers. */
const ALL_READY_MS = 240_000;

/** An api that migrates for a minute, one replica at a time, is given that time. */
export function slowStart(site: () => Site): void {
  const subject = {
    id: 'slow-start',
    what: 'api: a version that takes 60 s to start, one at a time; then all three at once',
    minutes: 20,
  };
  measures(site, subject, async (on, write) => {
    const before = theCurrent(on, 'api');
    await on.choose({ api: 'slow' });
    const report = await underLoad(on, everyday(on.domains()), async () => {
      await on.operate('deploy');
    });
    const rolledOut = await podsOf(on, 'api');
    const readyAfter = await allAtOnce(on, rolledOut);
    const after = await podsOf(on, 'api');
    await on.choose({ api: before });
    await on.operate('deploy');
    write(report, `all killed at once: ready again after ${readyAfter.join(', ')} s, each started once`);
    expect(failuresOf(report)).toEqual([]);
    expect(rolledOut.map(({ restarts }) => restarts)).toEqual([0, 0, 0]);
    expect(after.map(({ name, restarts }) => [name, restarts])).toEqual(
      rolledOut.map(({ name }) => [name, 1]),
    );
  });
}

/** Kills the api on every node, and tells after how many seconds each was ready again, the first first. */
async function allAtOnce(on: Site, pods: readonly Pod[]): Promise<number[]> {
  const killedAt = Date.now();
  await Promise.all(pods.map(({ node }) => hostOfNode(node).must('pkill -KILL -x api')));
  const readyAt = new Map<string, number>();
  const allReady = async () => {
    for (const pod of await podsOf(on, 'api'))
      if (pod.ready && pod.restarts > 0 && !readyAt.has(pod.name)) readyAt.set(pod.name, Date.now());
    return readyAt.size === pods.length;
  };
  await waitFor('every api to be ready again', allReady, { timeoutMs: ALL_READY_MS, intervalMs: 1_000 });
  return [...readyAt.values()].map((at) => Math.round((at - killedAt) / 1000));
}
