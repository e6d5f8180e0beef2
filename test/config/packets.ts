import { contains } from '../../config/cidr.ts';
import type { UfwRule } from '../../config/hosts/ufw-rule.ts';

/** A packet that begins a connection. */
export interface Packet {
  readonly in: string;
  /** Set when the packet is not for the host itself. */
  readonly out?: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** What UFW does with a packet when the policies are deny: the first rule that fits decides. */
export function passes(rules: readonly UfwRule[], packet: Packet): boolean {
  return rules.find((rule) => fits(rule, packet))?.action === 'allow';
}

function fits(rule: UfwRule, packet: Packet): boolean {
  return (
    (rule.traffic === 'routed') === (packet.out !== undefined) &&
    (rule.in ?? packet.in) === packet.in &&
    (rule.out ?? packet.out) === packet.out &&
    inside(rule.from, packet.from) &&
    // A rule without a destination is for any of its own family; `from` has told the family.
    (rule.to === undefined || inside(rule.to, packet.to)) &&
    (rule.service === undefined || serves(rule.service, packet))
  );
}

function serves({ protocol, ports }: NonNullable<UfwRule['service']>, packet: Packet): boolean {
  const holds = ports.some((port) =>
    typeof port === 'number' ? port === packet.port : port.first <= packet.port && packet.port <= port.last,
  );
  return protocol === packet.protocol && holds;
}

const inside = (network: string, address: string): boolean =>
  network.includes('/') ? contains(network, address) : network === address;

/** What the lines of a `before.rules` block do with a packet; `answer` is one of a connection that began here. */
export function dropped(block: string, packet: Packet, answer = false): boolean {
  return block.split('COMMIT').some((table) => {
    const rules = table.split('\n').filter((line) => line.startsWith('-A honeydue '));
    const first = rules.find((line) => lineFits(line, packet, answer));
    return first?.endsWith('-j DROP') ?? false;
  });
}

function lineFits(line: string, packet: Packet, answer: boolean): boolean {
  const option = (name: string) => new RegExp(`${name} (\\S+)`).exec(line)?.[1];
  const [first, last] = (option('--dport') ?? '0:65535').split(':').map(Number);
  const [device, to, from] = [option('-i'), option('-d'), option('-s')];
  return (
    (device ?? packet.in) === packet.in &&
    (to === undefined || inside(to, packet.to)) &&
    (from === undefined || inside(from, packet.from)) &&
    (option('-p') ?? packet.protocol) === packet.protocol &&
    packet.port >= Number(first) &&
    packet.port <= Number(last) &&
    !(answer && option('--ctstate') === 'NEW')
  );
}
