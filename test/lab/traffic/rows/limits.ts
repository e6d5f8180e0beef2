import { stringify } from 'yaml';
import { host, waitFor } from '../../lab.ts';
import { measures, underLoad } from '../measure.ts';
import { podsOf } from '../pods.ts';
import { failuresOf, lastFailureAfter, noticed } from '../row.ts';
import type { Site } from '../site.ts';
import { everyday } from '../streams.ts';

/** One that takes too much is stopped alone, and the API server refuses what has no limits or opens a port. */
export function limits(site: () => Site): void {
  measures(
    site,
    { id: 'memory-hog', what: 'api: one pod takes more memory than its limit', short: true },
    async (on, write) => {
      const before = await restarts(on);
      let at = 0;
      const report = await underLoad(on, everyday(on.domains()), async () => {
        at = Date.now();
        // Its answer never comes: the pod is killed first.
        await on.ask('POST', '/lab/allocate?mb=1024&seconds=600').catch(() => undefined);
        const again = async () =>
          (await podsOf(on, 'api')).some((pod) => pod.ready && pod.restarts > (before[pod.name] ?? 0));
        await waitFor('the pod to run again', again, { timeoutMs: 180_000, intervalMs: 500 });
      });
      const after = await restarts(on);
      const killed = Object.keys(after).filter((name) => after[name] !== before[name]);
      const lasted = lastFailureAfter(report, at);
      write(report, `killed: ${killed.join(', ').replace(/-\w+-\w+$/, ' (one pod)')}; ${noticed(lasted)}`);
      expect(killed).toHaveLength(1);
      expect(killed[0]).toMatch(/^api-/);
      expect(await lastState(on, killed[0] ?? '')).toBe('OOMKilled');
      expect(failuresOf(report).filter((line) => line.includes('admin'))).toEqual([]);
      expect(lasted ?? 0).toBeLessThan(60_000);
    },
  );

  measures(
    site,
    { id: 'quota', what: 'NodePort and a pod without limits: refused', short: true },
    async (on, write) => {
      const report = await underLoad(on, everyday(on.domains()), async () => {
        expect(await refusal(nodePort)).toMatch(/exceeded quota: quota, requested: services.nodeports=1/);
        expect(await refusal(unlimitedPod)).toMatch(
          /forbidden: .*must specify limits|maximum memory usage per Pod/,
        );
      });
      write(report, 'both refused by the API server');
      expect(failuresOf(report)).toEqual([]);
    },
  );
}

async function restarts(on: Site): Promise<Record<string, number>> {
  const pods = await Promise.all(
    ['traefik', 'redis', 'api', 'worker', 'admin', 'vmagent'].map((name) => podsOf(on, name)),
  );
  return Object.fromEntries(pods.flat().map(({ name, restarts: count }) => [name, count]));
}

function lastState(on: Site, pod: string): Promise<string> {
  const path = '{.status.containerStatuses[0].lastState.terminated.reason}';
  return on.kubectl(`-n honeydue get pod ${pod} -o jsonpath='${path}'`);
}

/** What the API server says to a manifest that it does not take. */
async function refusal(manifest: object): Promise<string> {
  const { exitCode, stderr } = await host('hetzner1').exec('k3s kubectl apply -f -', {
    input: stringify(manifest),
  });
  return exitCode === 0 ? 'it was taken' : stderr;
}

const nodePort = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'side-door', namespace: 'honeydue' },
  spec: { type: 'NodePort', selector: { 'app.kubernetes.io/name': 'redis' }, ports: [{ port: 6379 }] },
};

const unlimitedPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'unlimited', namespace: 'honeydue' },
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'one',
        image: 'docker.io/library/lab-probe:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
};
