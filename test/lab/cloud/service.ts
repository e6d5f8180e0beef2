import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runDir } from '../core/paths.ts';
import { SERVICES } from '../network/topology.ts';
import { startService, stopService } from '../services/service.ts';
import type { CloudControl } from './serve/control.ts';
import { remoteControl } from './serve/remote-control.ts';

/** Port of the API. The metadata service is on port 80 of its own address. */
export const apiPort = 8081;

/** Base address of the API as programs in the lab's namespaces reach it. */
export const apiUrl = `http://api.lab:${apiPort}/v1`;

const serviceName = 'cloud';

/** Unix socket that reaches the emulator's control endpoint from any namespace. */
export function controlSocket(): string {
  return join(runDir(), 'cloud.sock');
}

/** Steers the emulator of the running lab. */
export function cloudControl(): CloudControl {
  return remoteControl({ socketPath: controlSocket() });
}

/**
 * Starts the emulator in the running lab.
 * @param options `adopt`: existing hosts are servers of the project; `actionMs`: how long actions take at least
 * @throws LabError when it does not answer in time
 */
export async function startCloudEmulator(
  options: { adopt?: boolean; actionMs?: number } = {},
): Promise<CloudControl> {
  const loader = pathToFileURL(require.resolve('tsx')).href;
  await startService({
    name: serviceName,
    argv: [
      // Back to this process's mounts: the namespaces of the hosts that the emulator makes must be seen by all.
      'nsenter',
      `--mount=/proc/${process.pid}/ns/mnt`,
      process.execPath,
      '--import',
      loader,
      join(__dirname, 'main.ts'),
      ...(options.adopt ? ['--adopt'] : []),
      ...(options.actionMs === undefined ? [] : ['--action-ms', String(options.actionMs)]),
    ],
    ready: { address: SERVICES.ipv4, port: apiPort },
  });
  return cloudControl();
}

/** Ends the emulator; its hosts stay. */
export async function stopCloudEmulator(): Promise<void> {
  await stopService(serviceName);
}
