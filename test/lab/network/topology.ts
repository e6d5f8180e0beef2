import { LAB } from '../core/name.ts';

/** The lab's networks. Only documentation ranges (RFC 5737, RFC 3849) and 10.0.0.0/8 are used. */

/** The network namespace that holds the bridges and routes between everything. */
export const ROUTER_NAMESPACE = LAB;

export const PUBLIC = {
  bridge: `${LAB}-pub`,
  ipv4: { cidr: '203.0.113.0/24', router: '203.0.113.1' },
  ipv6: { cidr: '2001:db8:113::/64', router: '2001:db8:113::1' },
} as const;

/** As a Hetzner network: hosts have a /32 and reach each other through the gateway. */
export const PRIVATE = {
  bridge: `${LAB}-priv`,
  ipv4: { cidr: '10.0.0.0/24', network: '10.0.0.0/16', router: '10.0.0.1' },
} as const;

/** The provider's link-local metadata address, answered in the services namespace. */
export const METADATA_ADDRESS = '169.254.169.254';

export type NamespaceName = 'operator' | 'edge' | 'internet' | 'neighbour' | 'services';

export interface Client {
  readonly namespace: string;
  /** With prefix length. */
  readonly ipv4: string;
  readonly router4: string;
  readonly ipv6: string;
  readonly router6: string;
}

/** Namespaces with a network of their own behind the router. */
export const CLIENTS: Readonly<Record<'operator' | 'edge' | 'internet', Client>> = {
  operator: {
    namespace: `${LAB}-operator`,
    ipv4: '192.0.2.10/25',
    router4: '192.0.2.1/25',
    ipv6: '2001:db8:2::10/64',
    router6: '2001:db8:2::1/64',
  },
  edge: {
    namespace: `${LAB}-edge`,
    ipv4: '198.51.100.10/24',
    router4: '198.51.100.1/24',
    ipv6: '2001:db8:cf::10/64',
    router6: '2001:db8:cf::1/64',
  },
  internet: {
    namespace: `${LAB}-internet`,
    ipv4: '192.0.2.200/25',
    router4: '192.0.2.129/25',
    ipv6: '2001:db8:bad::10/64',
    router6: '2001:db8:bad::1/64',
  },
};

/** On the public bridge, as any server of the provider is. */
export const SERVICES = {
  namespace: `${LAB}-services`,
  ipv4: '203.0.113.2',
  ipv6: '2001:db8:113::2',
} as const;

/** A stranger's host on the private bridge: what a compromised neighbour could send. */
export const NEIGHBOUR = { namespace: `${LAB}-neighbour`, ipv4: '10.0.0.200' } as const;

/** Every name below this domain is answered with the address of the services namespace. */
export const SERVICE_DOMAIN = 'lab';

/** Kernel name of a namespace. */
export function namespaceOf(name: NamespaceName): string {
  if (name === 'services') return SERVICES.namespace;
  if (name === 'neighbour') return NEIGHBOUR.namespace;
  return CLIENTS[name].namespace;
}
