import { setTimeout as pass } from 'node:timers/promises';
import { LabError } from '../../core/errors.ts';
import { from, waitFor } from '../../lab.ts';
import { measures, underLoad } from '../measure.ts';
import { podsOf, theReadyPod } from '../pods.ts';
import { failuresOf } from '../row.ts';
import { believe, type Site } from '../site.ts';
import { everyday } from '../streams.ts';

/** A time series at the observability host. Times are milliseconds. */
interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: number;
  readonly lastMs: number;
  /** Longest time between neighbours. */
  readonly maxGapMs: number;
}

const SCRAPE_INTERVAL_MS = 15_000;
/** A sample that is missing makes a gap of two intervals. */
const LARGEST_GAP_MS = 2 * SCRAPE_INTERVAL_MS - 5_000;
/** As long as obs is away: several scrapes, and longer than vmagent keeps samples in memory. */
const AWAY_MS = 75_000;

/** Samples arrive, sooner or later, and nobody who visits the site notices where they go. */
export function metrics(site: () => Site): void {
  measures(site, { id: 'obs-down', what: 'observability host: away for 75 s' }, async (on, write) => {
    await fresh();
    let after = 0;
    const report = await underLoad(on, everyday(on.domains()), async () => {
      await fault('drop');
      await pass(AWAY_MS);
      await fault('none');
      const backAt = Date.now();
      await waitFor('the samples of the time away', () => isWhole(backAt), {
        timeoutMs: 120_000,
        intervalMs: 1_000,
      });
      after = Math.round((Date.now() - backAt) / 1000);
    });
    const traefik = await ups();
    const samples = traefik.reduce((sum, series) => sum + series.samples, 0);
    write(report, `none of ${samples} samples of 3 nodes missing, ${after} s after it was back`);
    expect(failuresOf(report)).toEqual([]);
  });

  const token = { id: 'obs-token', what: 'observability token: changed at both ends', minutes: 12 };
  measures(site, token, async (on, write) => {
    await fresh();
    const before = await theReadyPod(on, 'vmagent');
    const next = `${on.workspace.secrets.OBS_INGEST_TOKEN}-next`;
    let after = 0;
    const report = await underLoad(on, everyday(on.domains()), async () => {
      on.workspace.setSecrets({ OBS_INGEST_TOKEN: next });
      await on.operate('secrets');
      await believe([next]);
      const from_ = Date.now();
      // The kubelet brings a changed Secret into a running pod within its sync period of a minute, and a bit.
      await waitFor('samples with the new token', () => isWhole(from_), {
        timeoutMs: 180_000,
        intervalMs: 1_000,
      });
      after = Math.round((Date.now() - from_) / 1000);
    });
    write(report, `vmagent not restarted; no sample missing, the first with the new token within ${after} s`);
    expect(failuresOf(report)).toEqual([]);
    const [pod] = await podsOf(on, 'vmagent');
    expect(pod).toMatchObject({ uid: before.uid, restarts: before.restarts });
  });
}

async function obs(words: string): Promise<string> {
  const { exitCode, stdout, stderr } = await from('services').exec(`curl -sSf ${words}`);
  if (exitCode !== 0) throw new LabError('obs', stderr, 'is its service running?');
  return stdout;
}

const fault = (mode: string) => obs(`-X PUT -d ${mode} http://obs.lab:4318/lab/fault`);

/** `up` of each Traefik: written at every scrape, by targets that no rollout of api changes. */
async function ups(): Promise<Series[]> {
  const series = JSON.parse(await obs('http://obs.lab:4318/lab/series?name=up')) as Series[];
  return series.filter(({ labels }) => labels.job === 'traefik');
}

/** Whether of all three Traefiks every sample is there, and newer ones than the moment. */
async function isWhole(momentMs: number): Promise<boolean> {
  const series = await ups();
  const worst = series.find(({ maxGapMs, lastMs }) => maxGapMs > LARGEST_GAP_MS || lastMs < momentMs);
  if (worst !== undefined) throw new Error(JSON.stringify(worst));
  return series.length === 3;
}

/** Forgets what has arrived, and waits for the first samples after that. */
async function fresh(): Promise<void> {
  await obs('-X DELETE http://obs.lab:4318/lab/data');
  const began = Date.now();
  await waitFor('samples to arrive', () => isWhole(began), { timeoutMs: 120_000, intervalMs: 1_000 });
}
