import { preset } from '../cloud/faults/presets.ts';
import { cloudControl, startCloudEmulator, stopCloudEmulator } from '../cloud/index.ts';
import { startSurroundings } from '../cluster.ts';
import { host, hosts, waitFor } from '../lab.ts';
import { createWorkspace, type Workspace } from '../provision/workspace.ts';

// The workstation's battery dies, the line drops, the provider has a bad day: the same command again must end well.

let site: Workspace;

beforeAll(async () => {
  await startSurroundings();
  await startCloudEmulator();
  site = await createWorkspace({ provider: 'hetzner' });
}, 120_000);

afterAll(async () => {
  await stopCloudEmulator();
  await Promise.all(hosts().map((left) => left.destroy()));
});

/** In the order in which a run prints them: the boundary before each step, and places in the middle of each. */
const EARLY_CUTS = [
  'create server ubuntu-8gb-nbg1-1',
  'start server ubuntu-8gb-nbg1-2',
  'recording the public addresses',
  'hosts hardened: look',
  'hosts hardened: apply: hetzner1',
] as const;

const LATE_CUTS = [
  'firewall on the hosts: look',
  'firewall on the hosts: apply: hetzner1',
  'firewall on the hosts: apply: hetzner2: proving',
  'k3s on the hosts: look',
  'fetching k3s',
  'begins the cluster',
  'hetzner1: waiting until it is ready',
  'hetzner2: joins through',
  'hetzner2: waiting until it is ready',
  'hetzner3: joins through',
  'waiting for CoreDNS',
  'kubeconfig of the operator: look',
  'secrets: apply: creating namespaces',
  'secrets: apply: writing values',
  'dist/ in the cluster: look',
  'applying 10-traefik',
  'applying 40-api',
  'pods new, 0 ready',
] as const;

/** Runs until the line appears, and pulls the plug; `onTheWay` is done when another line appears before. */
async function cutAt(line: string, onTheWay?: { line: string; act: () => Promise<unknown> }): Promise<void> {
  const run = await site.start('provision', ['--yes']);
  let over = false;
  void run.ended.finally(() => {
    over = true;
  });
  const printed = async (text: string) => {
    const reached = () => over || run.printed().includes(text);
    await waitFor(`"${text}"`, reached, { timeoutMs: 300_000, intervalMs: 20 });
    expect(run.printed()).toContain(text);
  };
  try {
    if (onTheWay) {
      await printed(onTheWay.line);
      await onTheWay.act();
    }
    await printed(line);
  } finally {
    await run.kill();
  }
}

const cut = (line: string) => cutAt(line);

test.each(['preflight: look', 'servers at Hetzner: apply: create network'])('killed at "%s"', cut, 400_000);

describe('the provider has a bad day', () => {
  test('no capacity for the second server: said with type and place, what is made stays, and the next run goes on', async () => {
    await cloudControl().addFault(preset.unavailable({ operation: 'create_server', skip: 1 }));
    const run = await site.run('provision', ['--yes']);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/Hetzner has no cx33 free in nbg1/);
    expect(run.stderr).toMatch(/To continue, run it again: /);
    await cloudControl().clearFaults();
    expect((await cloudControl().state()).servers).toHaveLength(1);
  });

  test('a token that may only read is refused before anything is changed', async () => {
    const run = await site.run('provision', ['--yes'], { env: { HCLOUD_TOKEN: 'lab-cloud-read-token' } });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(/problem\s+.*token/i);
    expect((await cloudControl().state()).servers).toHaveLength(1);
  });

  test('answers lost and late, limits and gateways that fail: the client copes, nothing is made twice', async () => {
    await cloudControl().addFault(preset.droppedAfterCreate({ times: 1 }));
    await cloudControl().addFault(preset.rateLimited({ operation: 'list_servers', times: 1 }));
    await cloudControl().addFault(preset.badGateway({ operation: 'get_multiple_actions', times: 1 }));
  });
});

test.each(EARLY_CUTS)('killed at "%s"', cut, 400_000);

test('what a killed run goes on doing on a host is no error for the next one, which looked before', async () => {
  const { must } = host('hetzner3');
  await must('flock /run/honeydue.lock true; userdel --remove deploy; true');
  const rest = 'until [ -e /run/go ]; do sleep 0.1; done; useradd --create-home --shell /bin/bash deploy';
  await must(`systemd-run --quiet flock /run/honeydue.lock sh -c '${rest}'`);
  await cutAt('hosts hardened: apply: hetzner3: proving', {
    line: 'hosts hardened: apply: hetzner3: ',
    act: () => must('touch /run/go'),
  });
}, 400_000);

test.each(LATE_CUTS)('killed at "%s"', cut, 400_000);

test('the line to a host is cut in the middle: said which, and mended by the next run', async () => {
  await host('hetzner2').must('systemctl stop fail2ban');
  await host('hetzner2').cable('public', 'out');
  const run = await site.run('provision', ['--yes', '--only', 'hosts']);
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toMatch(/hetzner2: ssh deploy@\S+: .*(timed out|No route)/);
  await host('hetzner2').cable('public', 'in');
}, 200_000);

test('after all that, one run ends well, and the next one finds nothing to do', async () => {
  const last = await site.run('provision', ['--yes']);
  expect(`${last.stdout}${last.stderr}`).toMatch(/changes made and verified\.|Nothing to do/);
  expect(last.exitCode).toBe(0);
  const next = await site.run('provision', ['--yes']);
  expect(next.stdout).toMatch(/Nothing to do: all is as it should be\./);
}, 600_000);

test('there is one cluster, and nothing is there twice', async () => {
  const members = await host('hetzner1').must(
    `k3s kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name} {end}'`,
  );
  expect(members.trim().split(' ').sort()).toEqual([
    'ubuntu-8gb-nbg1-1',
    'ubuntu-8gb-nbg1-2',
    'ubuntu-8gb-nbg1-3',
  ]);
  for (const { alias } of hosts()) {
    const uid = await host(alias).must(`k3s kubectl get namespace kube-system -o jsonpath='{.metadata.uid}'`);
    expect(uid).toBe(
      await host('hetzner1').must(`k3s kubectl get namespace kube-system -o jsonpath='{.metadata.uid}'`),
    );
  }
  // Each of the provider's bad moments was met, and got over.
  expect((await cloudControl().faults()).map(({ used }) => used)).toEqual([1, 1, 1]);
  const state = await cloudControl().state();
  expect({
    servers: state.servers.length,
    networks: state.networks.length,
    firewalls: state.firewalls.length,
    groups: state.placementGroups.length,
    keys: state.sshKeys.length,
  }).toEqual({ servers: 3, networks: 1, firewalls: 1, groups: 1, keys: 1 });
});
