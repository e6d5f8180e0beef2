import ipaddr from 'ipaddr.js';

/** True when the network holds the address. False across address families. */
export function contains(cidr: string, address: string): boolean {
  const ip = ipaddr.parse(address);
  const network = ipaddr.parseCIDR(cidr);
  return ip.kind() === network[0].kind() && ip.match(network);
}

/** True when two networks share an address. */
export function overlap(a: string, b: string): boolean {
  const [addressA] = ipaddr.parseCIDR(a);
  const [addressB] = ipaddr.parseCIDR(b);
  return contains(a, addressB.toString()) || contains(b, addressA.toString());
}

/** True when every address of `b` is one of `a`. */
export function covers(a: string, b: string): boolean {
  const [address, bits] = ipaddr.parseCIDR(b);
  return ipaddr.parseCIDR(a)[1] <= bits && contains(a, address.toString());
}

/** The address at `offset` from the start of an IPv4 network: 1 is the first after the network's own. */
export function addressAt(cidr: string, offset: number): string {
  const [network] = ipaddr.parseCIDR(cidr);
  const number = network.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0) + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** The first usable address of an IPv4 network, which Hetzner takes for the gateway. */
export const firstAddress = (cidr: string) => addressAt(cidr, 1);
