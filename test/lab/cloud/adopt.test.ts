import { PRODUCTION_HOSTS } from '../hosts/spec.ts';
import { createMemoryBackend } from './backend/memory.ts';
import { labToken } from './config.ts';
import { startCloud } from './serve/start.ts';
import { adoptHosts } from './state/adopt.ts';

test('hosts that exist are running servers of the project, in the provider’s form', async () => {
  const cloud = await startCloud({
    backend: createMemoryBackend(),
    state: adoptHosts(PRODUCTION_HOSTS, new Date()),
    log: () => undefined,
  });
  try {
    const answer = await fetch(`${cloud.url}/servers`, { headers: { Authorization: `Bearer ${labToken}` } });
    const { servers } = (await answer.json()) as { servers: Record<string, unknown>[] };
    expect(servers).toMatchObject(
      PRODUCTION_HOSTS.map((host) => ({
        name: host.hostname,
        status: 'running',
        labels: {},
        public_net: { ipv4: { ip: host.publicIPv4 } },
        private_net: [{ ip: host.privateIPv4 }],
      })),
    );
    expect(await cloud.control.violations()).toEqual([]);
  } finally {
    await cloud.close();
  }
});
