import { must, run } from '../../../core/process.ts';
import type { LabHost } from '../../../hosts/host.ts';
import { ROUTER_NAMESPACE } from '../../../network/topology.ts';
import { routedNetworkOf } from './machine-host.ts';

/**
 * Routes a server's /64 to its host and gives the host the `::1` of it. At the provider the /64 is all a server has;
 * the lab's hosts share one link network, so theirs comes on top of the address there.
 */
export async function routeIPv6(host: LabHost, address: string): Promise<void> {
  const route = ['-6', 'route', 'replace', routedNetworkOf(address), 'via', host.publicIPv6];
  await must(['ip', '-n', ROUTER_NAMESPACE, ...route]);
  // The file is for the boots to come, the command for this one.
  const folder = '/etc/systemd/network/10-public.network.d';
  await host.must(
    `mkdir -p ${folder} && cat >${folder}/routed.conf && ip -6 addr replace ${address}/128 dev eth0`,
    { input: `[Network]\nAddress=${address}/128\n` },
  );
}

/** Takes the route away again. */
export async function unrouteIPv6(address: string): Promise<void> {
  await run(['ip', '-n', ROUTER_NAMESPACE, '-6', 'route', 'del', routedNetworkOf(address)]);
}
