import { measures, timed, underLoad } from '../measure.ts';
import { podsOf, settled } from '../pods.ts';
import { failuresOf } from '../row.ts';
import type { Site } from '../site.ts';
import { everyday } from '../streams.ts';

const WORKLOADS = ['traefik', 'redis', 'api', 'worker', 'admin', 'vmagent'] as const;

/** A new value in prod.env reaches those who read it, and nobody else. */
export function secrets(site: () => Site): void {
  measures(
    site,
    { id: 'secret-rotation', what: 'SECRET_KEY: a new value in prod.env' },
    async (on, write) => {
      const before = await uids(on);
      const fingerprint = () =>
        on.ask<Record<string, string>>('GET', '/lab/env').then((env) => env.SECRET_KEY);
      const old = await fingerprint();
      let seconds = 0;
      const report = await underLoad(on, everyday(on.domains()), async () => {
        on.workspace.setSecrets({ SECRET_KEY: `${on.workspace.secrets.SECRET_KEY}-next` });
        seconds = await timed(() => on.operate('secrets'));
        for (const workload of ['api', 'worker']) await settled(on, workload);
      });
      const after = await uids(on);
      const restarted = WORKLOADS.filter((workload) => before[workload] !== after[workload]);
      write(report, `restarted: ${restarted.join(' and ')}; took ${seconds} s`);
      expect(failuresOf(report)).toEqual([]);
      expect(restarted).toEqual(['api', 'worker']);
      expect(await fingerprint()).not.toBe(old);
    },
  );
}

async function uids(on: Site): Promise<Record<string, string>> {
  const entries = WORKLOADS.map(async (workload) => {
    const pods = await podsOf(on, workload);
    return [workload, pods.map(({ uid, restarts }) => `${uid} ${restarts}`).join()] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
