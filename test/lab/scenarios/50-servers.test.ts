import { addressOf, CLUSTER_TOKEN, prepareServer, startCluster, startSurroundings } from '../cluster.ts';
import { installBinary, startServer, waitForVoters } from '../k3s/server.ts';
import { createProductionHosts, host, hosts, type LabHost, PRODUCTION_HOSTS, waitFor } from '../lab.ts';
import { whileReading } from '../testing/availability.ts';
import { kubectlOn } from '../testing/pods.ts';
import { withHosts } from '../testing/scenario.ts';

withHosts(PRODUCTION_HOSTS);

const first = () => host('hetzner1');
const second = () => host('hetzner2');
const third = () => host('hetzner3');
const others = (than: LabHost) => hosts().filter((each) => each.alias !== than.alias);
let versions: readonly string[] = [];

async function versionOf(server: LabHost, seenBy: LabHost): Promise<string> {
  return kubectlOn(seenBy, `get node ${server.hostname} -o jsonpath='{.status.nodeInfo.kubeletVersion}'`);
}

beforeAll(async () => {
  versions = await startSurroundings();
}, 120_000);

test('three servers join one by one', async () => {
  const [oldest] = versions;
  await startCluster(hosts(), oldest === undefined ? {} : { version: oldest });
  for (const each of hosts()) expect(await versionOf(each, first())).toBe(oldest);
});

test('one is powered off: the others serve and accept writes; it comes back as a voter', async () => {
  await third().powerOff();
  for (const each of [first(), second()]) {
    const write = () => each.exec(`k3s kubectl create configmap from-${each.alias} --request-timeout=10s`);
    await waitFor(`${each.alias} to accept a write`, async () => (await write()).exitCode === 0, {
      timeoutMs: 30_000,
    });
  }
  await third().boot();
  // As it sees it itself: the others may still hold its conditions from before for good.
  await waitForVoters(third(), hosts());
  expect(await kubectlOn(third(), 'get configmap -o name')).toMatch(/from-hetzner1[\s\S]*from-hetzner2/);
});

test('an upgrade, one server after the other: the API of the others answers all the time', async () => {
  const [, newer] = versions;
  if (newer === undefined) return; // a genuine binary is one release
  for (const server of hosts()) {
    const rest = others(server);
    const report = await whileReading(rest, async () => {
      await installBinary(server, newer);
      await startServer(server);
      const upgraded = async () => (await versionOf(server, rest[0] ?? server)) === newer;
      await waitFor(`${server.alias} to be ${newer}`, upgraded, { timeoutMs: 60_000, intervalMs: 500 });
      await waitForVoters(rest[0] ?? server, hosts());
    });
    expect(report.failures).toEqual([]);
    expect(report.answers).toBeGreaterThan(0);
  }
});

test('all three disks are lost: a snapshot and the token bring the data back on new servers', async () => {
  await kubectlOn(first(), 'create secret generic kept --from-literal=key=value');
  await first().must('k3s etcd-snapshot save --name disaster', { timeoutMs: 60_000 });
  await kubectlOn(first(), 'create configmap after-the-snapshot');
  const folder = '/var/lib/rancher/k3s/server';
  const snapshot = await first().must(`base64 -w0 ${folder}/db/snapshots/disaster-*`, { timeoutMs: 30_000 });
  const token = (await first().must(`cat ${folder}/token`)).trim();
  expect(token).toMatch(new RegExp(`^K10[0-9a-f]{64}::server:${CLUSTER_TOKEN}$`));

  await Promise.all(hosts().map((each) => each.destroy()));
  await createProductionHosts();
  const version = versions.at(-1);
  const options = { token: CLUSTER_TOKEN, ...(version === undefined ? {} : { version }) };
  await prepareServer(first(), options);
  await first().must('base64 -d > /root/snapshot', { input: snapshot });
  const reset = 'k3s server --cluster-reset --cluster-reset-restore-path=/root/snapshot';
  const wrongToken = await first().exec(`timeout -s KILL 30 ${reset} --token-file= --token=other 2>&1`);
  expect([wrongToken.exitCode === 0, wrongToken.stdout]).toEqual([false, expect.stringMatching(/token/)]);
  const said = await first().must(`timeout 90 ${reset} 2>&1`, { timeoutMs: 100_000 });
  expect(said).toMatch(/membership has been reset/);
  // Once more by mistake: it would undo what the restored server does from now on.
  const again = await first().exec(`timeout -s KILL 20 ${reset} 2>&1`);
  expect([again.exitCode === 0, again.stdout]).toEqual([false, expect.stringMatching(/reset-flag/)]);
  await startServer(first());
  expect((await first().must(`cat ${folder}/token`)).trim()).toBe(token);
  expect(await kubectlOn(first(), "get secret kept -o jsonpath='{.data.key}' | base64 -d")).toBe('value');
  expect((await first().exec('k3s kubectl get configmap after-the-snapshot')).stderr).toMatch(/NotFound/);

  // The lost servers are forgotten before new ones of their names join.
  for (const lost of [second(), third()])
    await kubectlOn(first(), `delete node ${lost.hostname} --ignore-not-found --timeout=60s`);
  await waitForVoters(first(), [first()]);
  const joined = [first()];
  for (const server of [second(), third()]) {
    await prepareServer(server, { ...options, token, join: addressOf(first()) });
    await startServer(server);
    joined.push(server);
    await waitForVoters(first(), joined);
  }
  expect(await kubectlOn(third(), "get secret kept -o jsonpath='{.data.key}' | base64 -d")).toBe('value');
});
