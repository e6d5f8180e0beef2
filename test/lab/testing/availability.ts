import type { LabHost } from '../lab.ts';

/** What was seen of the API while something was done. */
export interface Availability {
  readonly answers: number;
  /** One line for each read that failed: where, and what kubectl said. */
  readonly failures: readonly string[];
}

/**
 * Reads from the API of each host, one read after the other, for as long as `work` takes. A read may take ten seconds,
 * as a client's would; one that fails is not tried again.
 * @throws whatever `work` throws
 */
export async function whileReading(on: readonly LabHost[], work: () => Promise<void>): Promise<Availability> {
  const failures: string[] = [];
  let answers = 0;
  let busy = true;
  const read = async (host: LabHost): Promise<void> => {
    while (busy) {
      const { exitCode, stderr } = await host.exec('k3s kubectl get nodes -o name --request-timeout=10s', {
        timeoutMs: 20_000,
      });
      if (exitCode === 0) answers += 1;
      else failures.push(`${host.alias}: ${stderr.trim()}`);
    }
  };
  const readers = on.map(read);
  try {
    await work();
  } finally {
    busy = false;
    await Promise.all(readers);
  }
  return { answers, failures };
}
