import { waitFor } from '../../lab.ts';
import { appVersion } from '../../workloads/names.ts';
import { measures, timed, underLoad } from '../measure.ts';
import { podsOf, settled } from '../pods.ts';
import { failuresOf } from '../row.ts';
import type { Site } from '../site.ts';
import { everyday, jobs, writes } from '../streams.ts';
import { theCurrent, theOther } from './images.ts';
import { finished, noDoubleScheduler } from './ledger.ts';

/** New versions, good and bad, while the site is used. */
export function rollouts(site: () => Site): void {
  for (const name of ['api', 'admin'] as const) {
    measures(
      site,
      { id: `${name}-rollout`, what: `${name}: a new image`, short: name === 'api' },
      async (on, write) => {
        const tag = theOther(on, name);
        await on.choose({ [name]: tag });
        let seconds = 0;
        const report = await underLoad(on, everyday(on.domains()), async () => {
          seconds = await timed(() => on.operate('deploy'));
          await settled(on, name);
        });
        write(report, `deploy took ${seconds} s`);
        expect(failuresOf(report)).toEqual([]);
        const stream = name === 'api' ? 'visitors' : 'admins';
        expect(report.streams[stream]?.versions).toHaveProperty(appVersion(name, tag));
      },
    );
  }

  const release = { id: 'release', what: 'api, admin and worker: new images at once' };
  measures(site, release, async (on, write) => {
    await on.choose({
      api: theOther(on, 'api'),
      admin: theOther(on, 'admin'),
      worker: theOther(on, 'worker'),
    });
    await on.ask('DELETE', '/lab/ledger');
    let seconds = 0;
    const streams = [...everyday(on.domains()), writes(on.domains()), jobs(on.domains())];
    const report = await underLoad(on, streams, async () => {
      seconds = await timed(() => on.operate('deploy'));
    });
    const ledger = await finished(on);
    write(
      report,
      `deploy took ${seconds} s; ${ledger.enqueued} jobs, none lost, ${ledger.doubled.length} done twice`,
    );
    expect(failuresOf(report)).toEqual([]);
    expect(report.streams.writes?.failed).toBe(0);
    expect(report.streams.jobs?.failed).toBe(0);
    expect(ledger.doubled).toEqual([]);
    noDoubleScheduler(ledger);
  });

  for (const name of ['api', 'admin'] as const) {
    const broken = {
      id: `${name}-broken`,
      what: `${name}: an image that never becomes ready, and undo`,
      minutes: 15,
    };
    measures(site, broken, async (on, write) => {
      const before = theCurrent(on, name);
      await on.choose({ [name]: 'broken' });
      let told = '';
      let undone = 0;
      const report = await underLoad(on, everyday(on.domains()), async () => {
        told = await on.operate('deploy').then(
          () => '',
          (error: Error) => error.message,
        );
        undone = await timed(() => on.operate('deploy', ['--undo']));
        await settled(on, name);
      });
      await on.choose({ [name]: before });
      write(report, `old pods serve; deploy gives up with the reason, undo took ${undone} s`);
      expect(failuresOf(report)).toEqual([]);
      expect(told).toMatch(/runs, and is not ready/);
      expect(told).toMatch(/lab's broken one|Readiness probe failed|Startup probe failed/);
      expect(new Set((await podsOf(on, name)).map(({ image }) => image.split(':').at(-1)))).toEqual(
        new Set([appVersion(name, before)]),
      );
    });
  }

  const interrupted = { id: 'broken-undone', what: 'api: a broken image, the deployment cut off, undo' };
  measures(site, interrupted, async (on, write) => {
    const before = theCurrent(on, 'api');
    await on.choose({ api: 'broken' });
    let undone = 0;
    const report = await underLoad(on, everyday(on.domains()), async () => {
      const deploy = await on.workspace.start('deploy', ['--yes']);
      const running = async () =>
        (await podsOf(on, 'api')).some(
          ({ image, ready }) => !ready && image.endsWith(appVersion('api', 'broken')),
        );
      await waitFor('a pod of the broken image', running, { timeoutMs: 120_000, intervalMs: 500 });
      await deploy.kill();
      undone = await timed(() => on.operate('deploy', ['--undo']));
      await settled(on, 'api');
    });
    await on.choose({ api: before });
    write(report, `old pods serve; undo took ${undone} s`);
    expect(failuresOf(report)).toEqual([]);
  });
}
