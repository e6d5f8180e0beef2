import { clusterIP, nodeAddress, nodeAddresses } from '../../config/addresses.ts';
import { addressAt, contains, firstAddress, overlap } from '../../config/cidr.ts';
import { amount, bytes, cpuQuantity, memoryQuantity, millicores } from '../../config/quantity.ts';
import { cluster, swap } from './edits.ts';

/** Addresses and sizes that end up in firewall rules, policies and limits: one off is a hole or a pod that dies. */

test.each([
  ['10.0.0.0/24', '10.0.0.0', true],
  ['10.0.0.0/24', '10.0.0.255', true],
  ['10.0.0.0/24', '10.0.1.0', false],
  ['10.0.0.0/24', '9.255.255.255', false],
  ['10.0.0.2/32', '10.0.0.2', true],
  ['10.0.0.2/32', '10.0.0.3', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['::/0', '2001:db8::1', true],
  ['2001:db8::/64', '2001:db8::ffff:ffff:ffff:ffff', true],
  ['2001:db8::/64', '2001:db8:0:1::', false],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '10.0.0.2', false],
])('%s contains %s: %s', (network, address, expected) => {
  expect(contains(network, address)).toBe(expected);
});

test.each([
  ['10.0.0.0/24', '10.0.0.0/24', true],
  ['10.0.0.0/8', '10.42.0.0/16', true],
  ['10.0.0.0/25', '10.0.0.128/25', false],
  ['10.0.0.0/24', '10.0.1.0/24', false],
  ['10.0.0.7/32', '10.0.0.0/24', true],
  ['0.0.0.0/0', '203.0.113.7/32', true],
  ['0.0.0.0/0', '::/0', false],
  ['2001:db8::/32', '2001:db8:c::/48', true],
  ['2001:db8::/48', '2001:db8:1::/48', false],
])('%s and %s overlap, whichever comes first: %s', (a, b, expected) => {
  expect([overlap(a, b), overlap(b, a)]).toEqual([expected, expected]);
});

test.each([
  ['10.43.0.0/16', 0, '10.43.0.0'],
  ['10.43.0.0/16', 20, '10.43.0.20'],
  ['10.43.0.0/16', 256, '10.43.1.0'],
  ['10.43.0.0/16', 65_535, '10.43.255.255'],
  ['10.43.240.0/20', 21, '10.43.240.21'],
  ['200.0.0.0/8', 1, '200.0.0.1'],
  ['255.255.255.0/24', 255, '255.255.255.255'],
  ['0.0.0.0/0', 2 ** 31, '128.0.0.0'],
])('in %s, the address at %d is %s', (network, offset, expected) => {
  expect(addressAt(network, offset)).toBe(expected);
});

test('the gateway is the first address after the network itself', () => {
  expect(firstAddress('10.0.0.0/24')).toBe('10.0.0.1');
  expect(firstAddress('10.0.0.128/25')).toBe('10.0.0.129');
});

test('fixed addresses of Services follow the service network and stay in its first 256 addresses', () => {
  const moved = cluster(swap('serviceCIDR: 10.43.0.0/16', 'serviceCIDR: 10.96.16.0/20'));
  expect([clusterIP(cluster(), 'api'), clusterIP(cluster(), 'admin')]).toEqual(['10.43.0.20', '10.43.0.21']);
  expect([clusterIP(moved, 'api'), clusterIP(moved, 'admin')]).toEqual(['10.96.16.20', '10.96.16.21']);
});

test('nodes know each other by private addresses, so that traffic between them never takes the public network', () => {
  expect(nodeAddresses(cluster())).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4']);
});

test('hosts without a private network know each other by public addresses', () => {
  const [node] = cluster().nodes;
  expect(node && nodeAddress({ ...node, privateIPv4: undefined })).toBe('192.0.2.1');
});

test.each([
  ['1Mi', 1_048_576],
  ['512Mi', 536_870_912],
  ['1Gi', 1_073_741_824],
  ['1024Mi', 1_073_741_824],
  ['5Gi', 5_368_709_120],
])('%s are %d bytes', (quantity, expected) => {
  expect(bytes(quantity)).toBe(expected);
});

test.each([
  ['1m', 1],
  ['250m', 250],
  ['2000m', 2000],
])('%s are %d thousandths of a core', (quantity, expected) => {
  expect(millicores(quantity)).toBe(expected);
});

/** The API server rewrites a quantity that is not in its shortest form, and then every apply changes the object. */
test.each([
  [2 ** 20, '1Mi'],
  [1023 * 2 ** 20, '1023Mi'],
  [1024 * 2 ** 20, '1Gi'],
  [1536 * 2 ** 20, '1536Mi'],
  [5 * 2 ** 30, '5Gi'],
  [2 ** 20 + 1, '2Mi'],
])('%d bytes are written as %s', (count, expected) => {
  expect(memoryQuantity(count)).toBe(expected);
});

test.each([
  [1, '1m'],
  [999, '999m'],
  [1000, '1'],
  [1500, '1500m'],
  [2000, '2'],
])('%d thousandths of a core are written as %s', (milli, expected) => {
  expect(cpuQuantity(milli)).toBe(expected);
});

// The review compares sizes in every spelling that the API server takes: two for one number are no change.
test.each([
  ['100m', 0.1],
  ['0.1', 0.1],
  ['1', 1],
  [2, 2],
  ['1100m', 1.1],
  ['1500u', 0.0015],
  ['1e3', 1000],
  ['1E', 1e18],
  ['12E2', 1200],
  ['64Mi', 67_108_864],
  ['0.5Gi', 536_870_912],
  ['5M', 5_000_000],
  ['-1', -1],
  ['64MB', Number.NaN],
  ['Mi', Number.NaN],
  ['', Number.NaN],
  [undefined, Number.NaN],
])('the number behind quantity %s is %s', (quantity, expected) => {
  expect(amount(quantity)).toBe(expected);
});
