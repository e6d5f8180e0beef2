import { request } from 'node:http';
import { parse } from 'yaml';
import { networkBody, publicKey, serverBody, startTestCloud, type TestCloud } from './testing.ts';

// Loopback addresses stand for the servers' public ones: the service knows a server by where it asks from.
const publicIPv4 = { first: '127.0.113.11', last: '127.0.113.20' };
const userData = '#cloud-config\nruncmd:\n  - [touch, /root/done]\n';

function ask(cloud: TestCloud, from: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const url = new URL(`/hetzner/v1${path}`, cloud.url);
    request(url, { localAddress: from }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
}

async function withServers() {
  const cloud = await startTestCloud({ publicIPv4 });
  const { network } = (await cloud.post('/networks', networkBody())).body;
  await cloud.post('/ssh_keys', { name: 'k', public_key: publicKey() });
  const more = { networks: [network.id], user_data: userData, ssh_keys: ['k'] };
  const one = (await cloud.post('/servers', serverBody('one', more))).body.server;
  const two = (await cloud.post('/servers', serverBody('two'))).body.server;
  return { cloud, network, one, two };
}

test('a server reads what it is, and only about itself', async () => {
  const { cloud, one, two } = await withServers();
  const summary = await ask(cloud, '127.0.113.11', '/metadata');
  expect(parse(summary.text)).toEqual({
    'availability-zone': 'nbg1-dc1',
    hostname: 'one',
    'instance-id': one.id,
    'local-ipv4': '',
    'public-ipv4': '127.0.113.11',
    'public-keys': [publicKey()],
    region: 'eu-central',
  });
  expect((await ask(cloud, '127.0.113.12', '/metadata/instance-id')).text).toBe(String(two.id));
  expect((await ask(cloud, '127.0.113.12', '/metadata/hostname')).text).toBe('two');
  expect((await ask(cloud, '127.0.113.11', '/metadata/public-ipv4')).text).toBe('127.0.113.11');
});

test('private networks are listed as the provider does', async () => {
  const { cloud, network } = await withServers();
  const networks = parse((await ask(cloud, '127.0.113.11', '/metadata/private-networks')).text);
  expect(networks).toEqual([
    {
      ip: '10.0.0.2',
      alias_ips: [],
      interface_num: 1,
      mac_address: '86:00:0a:00:00:02',
      network_id: network.id,
      network_name: 'private',
      network: '10.0.0.0/16',
      subnet: '10.0.0.0/24',
      gateway: '10.0.0.1',
    },
  ]);
});

test('user data stays readable on the server, as it was given', async () => {
  const { cloud } = await withServers();
  expect((await ask(cloud, '127.0.113.11', '/userdata')).text).toBe(userData);
  expect((await ask(cloud, '127.0.113.12', '/userdata')).status).toBe(404);
});

test('nobody else gets an answer', async () => {
  const { cloud } = await withServers();
  expect((await ask(cloud, '127.0.113.99', '/metadata')).status).toBe(404);
  expect((await ask(cloud, '127.0.113.11', '/metadata/nothing')).status).toBe(404);
});
