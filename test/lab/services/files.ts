import { SERVICES } from '../network/topology.ts';
import { startService } from './service.ts';

/** Serves a folder over HTTP in the services namespace (busybox httpd: one small process, no listing). */
export async function serveFolder(name: string, folder: string, port: number): Promise<void> {
  await startService({
    name,
    argv: ['busybox', 'httpd', '-f', '-p', `${SERVICES.ipv4}:${port}`, '-h', folder],
    ready: { address: SERVICES.ipv4, port },
  });
}
