import {
  CLIENTS,
  METADATA_ADDRESS,
  NEIGHBOUR,
  PRIVATE,
  PUBLIC,
  ROUTER_NAMESPACE,
  SERVICES,
} from './topology.ts';

const bare = (address: string): string => address.slice(0, address.indexOf('/'));

/** Kernel settings of a new namespace; before any interface is made, so that they are inherited. */
function settings(namespace: string, values: Readonly<Record<string, number>>): string {
  const words = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return `nsenter --net=/run/netns/${namespace} sysctl -qw ${words.join(' ')}`;
}

/** Addresses that are usable at once: no duplicate address detection, no router solicitation. */
const QUIET_IPV6 = {
  'net.ipv6.conf.default.accept_dad': 0,
  'net.ipv6.conf.default.accept_ra': 0,
};

function namespace(name: string): string[] {
  return [`ip netns add ${name}`, `ip -n ${name} link set lo up`, settings(name, QUIET_IPV6)];
}

function routerCommands(): string[] {
  const ns = ROUTER_NAMESPACE;
  return [
    ...namespace(ns),
    settings(ns, {
      'net.ipv4.ip_forward': 1,
      'net.ipv6.conf.all.forwarding': 1,
      // Nobody outside can lie about an address: what comes in must be routed back the same way.
      'net.ipv4.conf.all.rp_filter': 0,
      'net.ipv4.conf.default.rp_filter': 1,
      // Hosts reach each other through the gateway, as at the provider, and are not told a shorter way.
      'net.ipv4.conf.all.send_redirects': 0,
      'net.ipv4.conf.default.send_redirects': 0,
    }),
    // Bridged frames are none of the router's packet filter's business; absent where bridge netfilter is.
    `nsenter --net=/run/netns/${ns} sysctl -qew net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 || true`,
    ...[PUBLIC.bridge, PRIVATE.bridge].flatMap((bridge) => [
      `ip -n ${ns} link add ${bridge} type bridge`,
      `ip -n ${ns} link set ${bridge} up`,
    ]),
    // The private network carries what its hosts send, as a bad neighbour would wish (pod addresses, for example).
    settings(ns, { [`net.ipv4.conf.${PRIVATE.bridge}.rp_filter`]: 0 }),
    `ip -n ${ns} addr add ${PUBLIC.ipv4.router}/24 dev ${PUBLIC.bridge}`,
    `ip -n ${ns} addr add ${PUBLIC.ipv6.router}/64 dev ${PUBLIC.bridge}`,
    `ip -n ${ns} addr add ${PRIVATE.ipv4.router}/24 dev ${PRIVATE.bridge}`,
    `ip -n ${ns} route add ${METADATA_ADDRESS}/32 via ${SERVICES.ipv4}`,
  ];
}

function clientCommands(): string[] {
  return Object.entries(CLIENTS).flatMap(([name, client]) => [
    ...namespace(client.namespace),
    `ip -n ${ROUTER_NAMESPACE} link add c-${name} type veth peer name eth0 netns ${client.namespace}`,
    `ip -n ${ROUTER_NAMESPACE} addr add ${client.router4} dev c-${name}`,
    `ip -n ${ROUTER_NAMESPACE} addr add ${client.router6} dev c-${name}`,
    `ip -n ${ROUTER_NAMESPACE} link set c-${name} up`,
    `ip -n ${client.namespace} addr add ${client.ipv4} dev eth0`,
    `ip -n ${client.namespace} addr add ${client.ipv6} dev eth0`,
    `ip -n ${client.namespace} link set eth0 up`,
    `ip -n ${client.namespace} route add default via ${bare(client.router4)}`,
    `ip -n ${client.namespace} route add default via ${bare(client.router6)}`,
  ]);
}

function bridgePort(namespaceName: string, port: string, bridge: string): string[] {
  return [
    ...namespace(namespaceName),
    `ip -n ${ROUTER_NAMESPACE} link add ${port} type veth peer name eth0 netns ${namespaceName}`,
    `ip -n ${ROUTER_NAMESPACE} link set ${port} master ${bridge} up`,
  ];
}

function servicesCommands(): string[] {
  const ns = SERVICES.namespace;
  return [
    ...bridgePort(ns, 'c-services', PUBLIC.bridge),
    `ip -n ${ns} addr add ${SERVICES.ipv4}/24 dev eth0`,
    `ip -n ${ns} addr add ${SERVICES.ipv6}/64 dev eth0`,
    `ip -n ${ns} addr add ${METADATA_ADDRESS}/32 dev lo`,
    `ip -n ${ns} link set eth0 up`,
    `ip -n ${ns} route add default via ${PUBLIC.ipv4.router}`,
    `ip -n ${ns} route add default via ${PUBLIC.ipv6.router}`,
  ];
}

function neighbourCommands(): string[] {
  const ns = NEIGHBOUR.namespace;
  return [
    ...bridgePort(ns, 'c-neighbour', PRIVATE.bridge),
    `ip -n ${ns} addr add ${NEIGHBOUR.ipv4}/24 dev eth0`,
    `ip -n ${ns} link set eth0 up`,
  ];
}

/** What the router lets through: the outside and the public network; the private network is an island. */
export function routerFilter(): string {
  const outside = Object.keys(CLIENTS).map((name) => `"c-${name}"`);
  return `table inet lab {
  chain forward {
    type filter hook forward priority 0; policy drop;
    iifname { ${outside.join(', ')} } oifname "${PUBLIC.bridge}" accept
    iifname "${PUBLIC.bridge}" oifname { ${outside.join(', ')}, "${PUBLIC.bridge}" } accept
    iifname "${PRIVATE.bridge}" oifname "${PRIVATE.bridge}" accept
  }
  chain antispoof6 {
    type filter hook prerouting priority -300;
    meta nfproto ipv6 fib saddr . iif oif missing ip6 saddr != fe80::/10 ip6 saddr != :: drop
  }
}
`;
}

/** Every command that makes the lab's networks, in order; run by one shell that stops at the first failure. */
export function networkScript(): string {
  return [
    'set -eu',
    ...routerCommands(),
    ...clientCommands(),
    ...servicesCommands(),
    ...neighbourCommands(),
    `nsenter --net=/run/netns/${ROUTER_NAMESPACE} nft -f - <<'EOF'\n${routerFilter()}EOF`,
    '',
  ].join('\n');
}
