import { measures, timed, underLoad } from '../measure.ts';
import { settled } from '../pods.ts';
import { failuresOf } from '../row.ts';
import type { Site } from '../site.ts';
import { everyday } from '../streams.ts';

/** Traefik restarts on every node, one after the other. */
export function edge(site: () => Site): void {
  measures(
    site,
    { id: 'traefik-config', what: 'Traefik: another rate limit, node by node' },
    async (on, write) => {
      const { average } = on.cluster().edge.rateLimit;
      await on.workspace.edit((set) => set(['edge', 'rateLimit', 'average'], average === 50 ? 60 : 50));
      let seconds = 0;
      const report = await underLoad(on, everyday(on.domains()), async () => {
        seconds = await timed(() => on.operate('deploy'));
        await settled(on, 'traefik');
      });
      write(report, `deploy took ${seconds} s`);
      expect(failuresOf(report)).toEqual([]);
    },
  );
}
