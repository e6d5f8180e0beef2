import { startCloudEmulator } from '../cloud/index.ts';
import { startCluster, startSurroundings } from '../cluster.ts';
import { LabError } from '../core/errors.ts';
import { labIsUp, takeLock } from '../core/lock.ts';
import { remains } from '../core/sweep.ts';
import { createProductionHosts, host, startLab, stopLab } from '../lab.ts';
import { status } from './status.ts';

/** Starts the lab: three hosts, the services around them and a cluster on them, and leaves it running. */
export async function up(): Promise<number> {
  const started = Date.now();
  const log = (line: string) =>
    process.stdout.write(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
  const release = await startLab('npm run lab -- up', true);
  try {
    const hosts = await createProductionHosts();
    log('three hosts run');
    await startSurroundings(log);
    log('releases, registry, obs and mail answer');
    await startCloudEmulator({ adopt: true });
    log('the cloud API answers and knows the hosts');
    await startCluster(hosts, { log });
  } finally {
    release();
  }
  await status();
  process.stdout.write(
    `\nup after ${((Date.now() - started) / 1000).toFixed(1)} s; end it with: npm run lab -- down\n`,
  );
  return 0;
}

/** Ends the lab, also one that crashed, and says what was removed. */
export async function down(): Promise<number> {
  const release = await takeLock('npm run lab -- down');
  try {
    const before = remains();
    await stopLab();
    const after = remains();
    if (after.length > 0) throw new LabError('lab', `still there: ${after.join(', ')}`, 'run down again');
    process.stdout.write(
      before.length === 0 ? 'the lab was not up\n' : `removed ${before.length} things; nothing is left\n`,
    );
  } finally {
    release();
  }
  return 0;
}

/** Power switch of one host. */
export async function power(words: readonly string[]): Promise<number> {
  const [alias, action] = words;
  if (alias === undefined || !labIsUp())
    throw new LabError('power', 'no host named, or no lab is up', 'npm run lab -- up');
  const target = host(alias);
  const actions: Readonly<Record<string, () => Promise<void>>> = {
    off: target.powerOff,
    on: target.boot,
    shutdown: target.shutdown,
    reboot: target.reboot,
  };
  const act = actions[action ?? ''];
  if (act === undefined) {
    throw new LabError(
      'power',
      `"${action ?? ''}" is none of ${Object.keys(actions).join(', ')}`,
      'npm run lab -- help',
    );
  }
  await act();
  return 0;
}
