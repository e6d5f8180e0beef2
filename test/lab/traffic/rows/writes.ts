import { waitFor } from '../../lab.ts';
import type { LoadReport } from '../load.ts';
import type { Site } from '../site.ts';

/** An acknowledged write that Redis no longer has. */
export interface LostWrite {
  readonly id: string;
  /** Unix milliseconds of the acknowledgement. */
  readonly atMs: number;
}

/** The acknowledged writes of a load that Redis does not have. @throws LabError when it cannot be asked for a minute */
export async function lostOf(site: Site, report: LoadReport): Promise<LostWrite[]> {
  const kept = await waitFor('Redis to tell what it has', () => site.ask<string[]>('GET', '/lab/writes'), {
    timeoutMs: 60_000,
    intervalMs: 1_000,
  });
  const known = new Set(kept);
  return (report.streams.writes?.acknowledged ?? []).filter(({ id }) => !known.has(id));
}

/** Runs redis-cli in the pod of Redis, with the password that it has. */
export function redisCli(site: Site, words: string): Promise<string> {
  const script = `password=$(cat /etc/redis-password/REDIS_PASSWORD 2>/dev/null || true); [ -z "$password" ] || export REDISCLI_AUTH="$password"; redis-cli ${words}`;
  return site.kubectl(`-n honeydue exec redis-0 -- sh -c '${script}'`);
}
