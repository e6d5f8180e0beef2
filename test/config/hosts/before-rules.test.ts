import { withBlock } from '../../../config/hosts/host-block.ts';
import { ufwBeforeRules } from '../../../config/hosts/ufw-before-rules.ts';
import { variants } from '../../clusters.ts';
import { dropped, type Packet } from '../packets.ts';

/** kube-proxy and flannel let packets pass that UFW's rules never see: these lines are the only wall there. */

const blocks = ufwBeforeRules(variants['as it is']());
const text = (path: string) => blocks.find((block) => block.path === path)?.content ?? '';
const v4 = text('/etc/ufw/before.rules');
const v6 = text('/etc/ufw/before6.rules');
const bare = ufwBeforeRules(variants['hosts without a private network']())[0]?.content ?? '';

const packet: Packet = { in: 'eth0', from: '10.0.0.200', to: '10.0.0.3', protocol: 'tcp', port: 443 };
const packet6: Packet = { ...packet, from: '2001:db8::7', to: '2a01:4f8:1c18:5ecf::1' };

// Whatever the interfaces are called: names differ from server type to server type.
describe.each(['eth0', 'enp7s0', 'ens10', 'wlan0'])('from %s', (device) => {
  test.each([
    ['to a pod', v4, { ...packet, to: '10.42.1.9' }],
    ['to a pod, UDP', v4, { ...packet, to: '10.42.1.9', protocol: 'udp' as const }],
    ['to a Service', v4, { ...packet, to: '10.43.0.20' }],
    ["in a pod's name", v4, { ...packet, from: '10.42.1.9' }],
    ['to the first node port', v4, { ...packet, port: 30000 }],
    ['to the last node port, UDP', v4, { ...packet, port: 32767, protocol: 'udp' as const }],
    ['to a node port, IPv6', v6, { ...packet6, port: 30000 }],
    ['to a node port, IPv6 and UDP', v6, { ...packet6, port: 32767, protocol: 'udp' as const }],
  ])('%s: dropped', (_, block, sent) => {
    expect(dropped(block, { ...sent, in: device })).toBe(true);
  });

  test.each([
    ['ssh', v4, { ...packet, port: 22 }],
    ['the pod network itself', v4, { ...packet, port: 8472, protocol: 'udp' as const }],
    ['the port below the node ports', v4, { ...packet, port: 29999 }],
    ['the port above them', v6, { ...packet6, port: 32768 }],
  ])('%s: left to the rules', (_, block, sent) => {
    expect(dropped(block, { ...sent, in: device })).toBe(false);
  });
});

// The kernel gives a pod's connection any free port of the node. Dropping by port alone cost 55 of 1000 connections.
test.each(['tcp', 'udp'] as const)('an answer to a pod arrives on a port of that range, %s', (protocol) => {
  expect(dropped(v4, { ...packet, port: 30500, protocol }, true)).toBe(false);
  expect(dropped(v6, { ...packet6, port: 30500, protocol }, true)).toBe(false);
});

test.each([
  ['lo', v4],
  ['cni0', v4],
  ['flannel.1', v4],
  ['flannel-wg', bare],
])('from %s pods and Services are reached', (device, block) => {
  for (const to of ['10.42.1.9', '10.43.0.20']) {
    expect(dropped(block, { ...packet, in: device, from: '10.42.0.1', to })).toBe(false);
  }
});

describe('the block in a file that is not ours', () => {
  const theirs = '# rules.before\n*filter\nCOMMIT\n';
  const block = { path: '/etc/ufw/before.rules', content: '*raw\nCOMMIT', reason: '' };
  const written = withBlock(theirs, block);

  test('stands on top and leaves their lines alone', () => {
    expect(written).toBe(`# BEGIN honeydue\n*raw\nCOMMIT\n# END honeydue\n${theirs}`);
  });

  test('is written once, however often, and replaces an older one: a second copy would load the rules twice', () => {
    expect(withBlock(written, block)).toBe(written);
    expect(withBlock(withBlock(theirs, { ...block, content: '*mangle\nCOMMIT' }), block)).toBe(written);
  });
});
