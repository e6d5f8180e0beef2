/**
 * The emulator as a program: runs in the lab's services namespace, serves the API, the metadata service and the
 * control socket, and makes hosts of the lab. With `--adopt` the hosts that exist already are servers of the project.
 */
import { existsSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openHost } from '../hosts/host.ts';
import { PRODUCTION_HOSTS } from '../hosts/spec.ts';
import { hostAliases, loadHost } from '../hosts/store.ts';
import { METADATA_ADDRESS, SERVICES } from '../network/topology.ts';
import { createLabBackend } from './backend/lab/lab-backend.ts';
import { aliasOf } from './backend/lab/machine-host.ts';
import { routeIPv6 } from './backend/lab/routed-ipv6.ts';
import { machineSpec } from './resources/machine.ts';
import { startCloud } from './serve/start.ts';
import { apiPort, controlSocket } from './service.ts';
import { adoptHosts } from './state/adopt.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { adopt: { type: 'boolean', default: false }, 'action-ms': { type: 'string' } },
  });
  const specs = values.adopt ? hostAliases().map((alias) => loadHost(alias).spec) : [];
  const state = adoptHosts(specs, new Date());
  const machines = new Map(state.servers.map((server) => [server.id, machineSpec(state, server)]));
  const socket = controlSocket();
  if (existsSync(socket)) rmSync(socket);
  for (const machine of machines.values()) {
    const host = openHost(aliasOf(machine));
    if (host.isOn() && machine.publicIPv6) await routeIPv6(host, machine.publicIPv6);
  }
  const cloud = await startCloud({
    backend: createLabBackend(machines),
    state,
    config: {
      reservedIPv4: Object.fromEntries(PRODUCTION_HOSTS.map((host) => [host.hostname, host.publicIPv4])),
      ...(values['action-ms'] ? { actionMs: Number(values['action-ms']) } : {}),
    },
    listenOn: [
      { host: SERVICES.ipv4, port: apiPort },
      { host: SERVICES.ipv6, port: apiPort },
      { host: METADATA_ADDRESS, port: 80 },
      { path: socket },
    ],
  });
  console.error(`listening on ${cloud.url}, contract check ${cloud.checked ? 'on' : 'OFF'}`);
  process.once('SIGTERM', () => {
    cloud.close().finally(() => process.exit(0));
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
