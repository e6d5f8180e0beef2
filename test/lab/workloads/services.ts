import { join } from 'node:path';
import { SERVICES } from '../network/topology.ts';
import type { ServiceSpec } from '../services/service.ts';
import type { WorkloadPaths } from './build.ts';
import {
  DOCKER_HUB,
  GITEA,
  MAIL_PASSWORD,
  OBS_HOST,
  OBS_TOKEN,
  PORTS,
  PRODUCTION_NAMES,
  REGISTRY_ACCOUNT,
} from './names.ts';

export interface WorkloadServiceOptions {
  readonly paths: Pick<WorkloadPaths, 'labsvc' | 'pki' | 'layout'>;
  /** Folder for what is pushed while the lab runs. */
  readonly uploads: string;
  /** Address to listen on and to look at for readiness. */
  readonly address?: string;
  readonly ports?: Readonly<Record<keyof typeof PORTS, number>>;
}

/** The stand-ins around the hosts: registry, observability host, mail host, and TLS in front of the first two. */
export function workloadServices(options: WorkloadServiceOptions): ServiceSpec[] {
  const { paths, address = SERVICES.ipv4, ports = PORTS } = options;
  // Both families in the lab; one address where other things share the machine.
  const at = (port: number): string => (options.address === undefined ? `:${port}` : `${address}:${port}`);
  const service = (
    name: string,
    port: number,
    args: string[],
    env: Record<string, string> = {},
  ): ServiceSpec => ({
    name,
    argv: [paths.labsvc, name, '-listen', at(port), ...args],
    env,
    ready: { address, port },
  });
  const registry = [
    ...['-layout', paths.layout, '-uploads', options.uploads],
    ...['-private', GITEA, '-user', REGISTRY_ACCOUNT.username],
  ];
  const toRegistry = `${address}:${ports.registry}`;
  const toObs = `${address}:${ports.obs}`;
  const routes = [`${GITEA}=${toRegistry}`, `${DOCKER_HUB}=${toRegistry}`, `${OBS_HOST}=${toObs}`];
  return [
    service('registry', ports.registry, registry, { LAB_PASSWORD: REGISTRY_ACCOUNT.password }),
    service('obs', ports.obs, [], { LAB_TOKENS: OBS_TOKEN }),
    service('mail', ports.mail, ['-control', at(ports.mailbox), '-pki', paths.pki], {
      LAB_PASSWORD: MAIL_PASSWORD,
    }),
    service('front', ports.front, ['-pki', paths.pki, ...routes.flatMap((route) => ['-route', route])]),
  ];
}

/** How the lab starts and names things; `lab.ts` has both functions. */
export interface Starter {
  readonly startService: (spec: ServiceSpec) => Promise<void>;
  readonly setNames: (source: string, names: Readonly<Record<string, readonly string[]>>) => void;
}

/**
 * Starts the stand-ins in the services namespace and gives them production's names in the lab's DNS. They end with
 * the lab, or one by one with `stopService(name)`.
 * @throws LabError of the first that does not come up
 */
export async function startWorkloadServices(
  paths: WorkloadPaths,
  runDir: string,
  lab: Starter,
): Promise<void> {
  lab.setNames('workloads', { [SERVICES.ipv4]: PRODUCTION_NAMES, [SERVICES.ipv6]: PRODUCTION_NAMES });
  const specs = workloadServices({ paths, uploads: join(runDir, 'registry') });
  await Promise.all(specs.map(lab.startService));
}
