import { createHost, from, fromHost, type HostSpec, hosts, type Outcome, type Target } from '../lab.ts';
import { CLIENTS } from '../network/topology.ts';

/**
 * Before the scenarios of a file: boots hosts side by side; after them: destroys all hosts.
 * @param userData for those without their own; a function, because the operator's key is made with the lab
 */
export function withHosts(specs: readonly HostSpec[], userData?: () => string): void {
  beforeAll(async () => {
    const common = userData === undefined ? {} : { userData: userData() };
    await Promise.all(specs.map((spec) => createHost({ ...common, ...spec })));
  });
  afterAll(async () => {
    await Promise.all(hosts().map((each) => each.destroy()));
  });
}

/** Where packets come from: one of the lab's places, or a host by its alias. */
export type Source = 'operator' | 'edge' | 'internet' | 'neighbour' | 'services' | `hetzner${number}`;

/**
 * Tries every target from every source, all at once.
 * @returns outcome of each by "source -> address:port/protocol", so that one `toEqual` shows the whole matrix
 */
export async function packetMatrix(
  sources: readonly Source[],
  targets: readonly Target[],
): Promise<Record<string, Outcome>> {
  const rows = await Promise.all(
    sources.map(async (source) => {
      const isPlace = source in CLIENTS || source === 'neighbour' || source === 'services';
      const client = isPlace ? from(source as Parameters<typeof from>[0]) : fromHost(source);
      const outcomes = await client.connectAll(targets);
      return targets.map((target, index) => [cell(source, target), outcomes[index] ?? 'timeout'] as const);
    }),
  );
  return Object.fromEntries(rows.flat());
}

/** Key of one try in a packet matrix. */
export function cell(source: Source, { address, port, protocol = 'tcp' }: Target): string {
  return `${source} -> ${address.includes(':') ? `[${address}]` : address}:${port}/${protocol}`;
}

/** The same outcome expected of each source and target. */
export function expectAll(
  sources: readonly Source[],
  targets: readonly Target[],
  outcome: Outcome,
): Record<string, Outcome> {
  return Object.fromEntries(
    sources.flatMap((source) => targets.map((target) => [cell(source, target), outcome])),
  );
}
