import {
  cacheDir,
  from,
  host,
  hosts,
  operatorKey,
  operatorKeyFile,
  PRODUCTION_HOSTS,
  runDir,
  setNames,
  startService,
  waitFor,
} from '../../lab.ts';
import { build } from '../../workloads/build.ts';
import { DOCKER_HUB, GITEA, OBS_HOST } from '../../workloads/names.ts';
import { startWorkloadServices } from '../../workloads/services.ts';
import { preset } from '../faults/presets.ts';
import { apiUrl, cloudControl, labToken, startCloudEmulator, stopCloudEmulator } from '../index.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, each checked by the emulator's contract
type Body = any;

const userData = `#cloud-config
write_files:
  - path: /etc/from-user-data
    content: hello
    permissions: '0640'
runcmd:
  - [sh, -c, 'echo ran > /root/runcmd']
`;

/** Calls the API as provisioning does: from the operator's place. */
async function call(method: string, path: string, body?: unknown): Promise<Body> {
  const auth = `-H 'Authorization: Bearer ${labToken}' -H 'Content-Type: application/json'`;
  const command = `curl -sS --max-time 10 -X ${method} ${auth} ${body ? '--data @-' : ''} '${apiUrl}${path}'`;
  const answer = await from('operator').exec(command, { input: body ? JSON.stringify(body) : '' });
  if (answer.exitCode !== 0) throw new Error(`curl ${answer.exitCode}: ${answer.stderr}`);
  return answer.stdout === '' ? undefined : JSON.parse(answer.stdout);
}

/** Waits for an action as a client does. @throws with the action's error */
async function finished(action: { id: number; command: string }): Promise<void> {
  const ended = async () => {
    const now = (await call('GET', `/actions/${action.id}`)).action;
    if (now.status === 'error') return now;
    if (now.status === 'success') return now;
    throw new Error(`it is ${now.status}, ${now.progress} %`);
  };
  const last = await waitFor(`action ${action.command}`, ended, { timeoutMs: 100_000, intervalMs: 500 });
  expect(last).toMatchObject({ status: 'success' });
}

async function act(server: number, name: string, body?: unknown): Promise<void> {
  await finished((await call('POST', `/servers/${server}/actions/${name}`, body)).action);
}

function rootSsh(address: string, command: string) {
  const options =
    '-o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5';
  return from('operator').exec(`ssh -q ${options} -i ${operatorKeyFile()} root@${address} '${command}'`);
}

const server = (name: string, more: Record<string, unknown>) => ({
  name,
  server_type: 'cx33',
  image: 'ubuntu-24.04',
  location: 'nbg1',
  ssh_keys: ['operator'],
  ...more,
});

let network = 0;

beforeAll(async () => {
  await startCloudEmulator({ actionMs: 200 });
  await call('POST', '/ssh_keys', { name: 'operator', public_key: operatorKey() });
  const subnets = [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.0.0/24' }];
  network = (await call('POST', '/networks', { name: 'private', ip_range: '10.0.0.0/16', subnets })).network
    .id;
});

afterAll(async () => {
  await stopCloudEmulator();
  await Promise.all(hosts().map((left) => left.destroy()));
});

describe('a server made through the API is a host', () => {
  let id = 0;

  test('made, attached with a fixed address and switched on, it boots with its user data', async () => {
    const body = server('ubuntu-8gb-nbg1-2', { user_data: userData, start_after_create: false });
    const created = await call('POST', '/servers', body);
    id = created.server.id;
    expect(created.root_password).toBeNull();
    expect(created.server.public_net.ipv4.ip).toBe('203.0.113.11');
    await finished(created.action);
    await act(id, 'attach_to_network', { network, ip: '10.0.0.2' });
    await act(id, 'poweron');
    const facts = await host('hetzner1').must(
      'hostname; cat /etc/from-user-data; echo; stat -c %a /etc/from-user-data; cat /root/runcmd; ip -br -4 addr show enp7s0',
    );
    expect(facts.split('\n').slice(0, 4)).toEqual(['ubuntu-8gb-nbg1-2', 'hello', '640', 'ran']);
    expect(facts).toMatch(/^enp7s0\S* +UP +10\.0\.0\.2\/32/m);
  });

  test('it is reached with the key of the project, by IPv4 and by the /64 that the API shows', async () => {
    const shown = (await call('GET', `/servers/${id}`)).server.public_net;
    expect(shown.ipv6.ip).toBe('2001:db8:113:11::/64');
    for (const address of [shown.ipv4.ip, '2001:db8:113:11::1']) {
      expect((await rootSsh(address, 'hostname')).stdout).toBe('ubuntu-8gb-nbg1-2\n');
    }
  });

  test('it reads its metadata and user data, and nobody outside does', async () => {
    const root = 'http://169.254.169.254/hetzner/v1';
    const read = (path: string) => host('hetzner1').must(`curl -sS --max-time 5 ${root}/${path}`);
    expect(await read('metadata/instance-id')).toBe(String(id));
    expect(await read('metadata/hostname')).toBe('ubuntu-8gb-nbg1-2');
    expect(await read('userdata')).toBe(userData);
    expect(await read('metadata/private-networks')).toContain('ip: 10.0.0.2');
    const outside = await from('services').exec(`curl -s -o /dev/null -w '%{http_code}' ${root}/userdata`);
    expect(outside.stdout).toBe('404');
  });

  test('power-off is hard, power-on keeps the disk, shutdown ends in status off', async () => {
    await host('hetzner1').must('echo kept > /root/kept && sync');
    await act(id, 'poweroff');
    expect(host('hetzner1').isOn()).toBe(false);
    await act(id, 'poweron');
    const disk = await host('hetzner1').must('cat /root/kept; ip -6 -o addr show dev eth0');
    expect(disk).toMatch(/^kept\n/);
    expect(disk).toContain('2001:db8:113:11::1/128');
    await act(id, 'shutdown');
    const off = async () => (await call('GET', `/servers/${id}`)).server.status === 'off';
    await waitFor('the server to be off', off, { timeoutMs: 60_000 });
    expect(host('hetzner1').isOn()).toBe(false);
    await act(id, 'poweron');
  });

  test('a running server gets its private card when it is attached, and speaks to the other', async () => {
    const created = await call('POST', '/servers', server('second', {}));
    await finished(created.next_actions[0]);
    await act(created.server.id, 'attach_to_network', { network, ip: '10.0.0.9' });
    const ping = await host('hetzner1').exec('ping -c 1 -W 2 10.0.0.9');
    expect(ping.exitCode).toBe(0);
    const deleted = await call('DELETE', `/servers/${created.server.id}`);
    await finished(deleted.action);
    expect(hosts().map(({ alias }) => alias)).toEqual(['hetzner1']);
  });

  test('deleted and made again, it is a new host with a fresh public address', async () => {
    await finished((await call('DELETE', `/servers/${id}`)).action);
    expect(hosts()).toEqual([]);
    const again = await call('POST', '/servers', server('ubuntu-8gb-nbg1-2', { networks: [network] }));
    expect(again.server.public_net.ipv4.ip).not.toBe('203.0.113.11');
    expect(again.server.private_net[0].ip).toBe('10.0.0.2');
    await finished(again.next_actions[0]);
    expect((await host('hetzner1').exec('test -e /root/kept')).exitCode).toBe(1);
    expect((await rootSsh(again.server.public_net.ipv4.ip, 'hostname')).exitCode).toBe(0);
  });
});

test('three made side by side boot in seconds, each on the private network and opened by the project key', async () => {
  for (const left of (await call('GET', '/servers')).servers)
    await finished((await call('DELETE', `/servers/${left.id}`)).action);
  const started = Date.now();
  const booted = PRODUCTION_HOSTS.map(async ({ hostname, privateIPv4 }) => {
    // As provisioning does it: the fixed address comes by attaching, before the server is first switched on.
    const created = await call('POST', '/servers', server(hostname, { start_after_create: false }));
    await finished(created.action);
    await act(created.server.id, 'attach_to_network', { network, ip: privateIPv4 });
    await act(created.server.id, 'poweron');
    const { ip } = created.server.public_net.ipv4;
    await waitFor(`${hostname} by ssh`, async () => (await rootSsh(ip, 'true')).exitCode === 0, {
      timeoutMs: 60_000,
    });
    return `${hostname} ${((Date.now() - started) / 1000).toFixed(1)} s`;
  });
  process.stderr.write(`  from the request to ssh: ${(await Promise.all(booted)).join(', ')}\n`);
  const peers = PRODUCTION_HOSTS.map(({ privateIPv4 }) => `ping -c 1 -W 2 ${privateIPv4}`).join(' && ');
  for (const { alias } of PRODUCTION_HOSTS) expect((await host(alias).exec(peers)).exitCode).toBe(0);
});

test('a new server trusts whoever answers for production hosts in the lab, without being told', async () => {
  await startWorkloadServices(await build(cacheDir(), () => {}), runDir(), { startService, setNames });
  const asked = `curl -sS -o /dev/null -w '%{http_code}\n' https://${GITEA}/v2/ https://${DOCKER_HUB}/v2/ https://${OBS_HOST}/`;
  expect(await host('hetzner1').exec(asked)).toMatchObject({ exitCode: 0, stderr: '' });
});

test('a connection cut after the creation leaves a server whose host boots', async () => {
  await cloudControl().addFault(preset.droppedAfterCreate());
  await expect(call('POST', '/servers', server('lost', {}))).rejects.toThrow(/curl 52/);
  const [lost] = (await call('GET', '/servers?name=lost')).servers;
  const running = async () => (await call('GET', `/servers/${lost.id}`)).server.status === 'running';
  await waitFor('the lost server to run', running, { timeoutMs: 100_000, intervalMs: 500 });
  expect(host(`s-${lost.id}`).isOn()).toBe(true);
});

test('no answer broke the provider’s description', async () => {
  expect(await cloudControl().violations()).toEqual([]);
});
