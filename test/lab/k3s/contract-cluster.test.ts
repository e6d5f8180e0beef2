import { createHost, PRODUCTION_HOSTS, waitFor } from '../lab.ts';
import { withHosts } from '../testing/scenario.ts';
import {
  all,
  askForApi,
  coreDnsReady,
  etcd,
  first,
  kubectl,
  refused,
  SERVER,
  second,
  servedVersions,
  setUp,
  TOKEN,
  third,
  withReleases,
} from './contract.ts';
import { NEWEST } from './releases.ts';
import { installBinary, startServer, votersSeenBy, waitForVoters } from './server.ts';

// k3s's contract, point by point: what three servers do together.

let fullToken = '';

withHosts(PRODUCTION_HOSTS);
withReleases();

beforeAll(async () => {
  await setUp('hetzner1');
  await startServer(first());
  await waitForVoters(first(), [first()]);
  fullToken = (await first().must(`cat ${SERVER}/token`)).trim();
  await kubectl('hetzner1', 'create secret generic one --from-literal=key=kept');
}, 300_000);

describe('joining', () => {
  const join = '10.0.0.2';

  test.each([
    ['a wrong password', () => `--token=wrong`, /not authorized|401|failed to validate token/i],
    [
      'a token that names another CA',
      () => `--token=K10${'0'.repeat(64)}::server:${TOKEN}`,
      /CA hash does not match/,
    ],
    ['a setting that differs', () => '--cluster-cidr=10.99.0.0/16', /critical configuration.*mismatch/i],
    ['encryption left out', () => '--secrets-encryption=false', /critical configuration.*mismatch/i],
  ])('%s is refused', async (_, words, reason) => {
    await setUp('hetzner2', { join, token: fullToken });
    expect(await refused('hetzner2', words())).toMatch(reason);
  });

  test('while another learner waits the join is refused, and succeeds afterwards', async () => {
    await setUp('hetzner2', { join, token: fullToken });
    const added = JSON.parse(
      await etcd('cluster/member/add', { peerURLs: ['https://10.0.0.99:2380'], isLearner: true }),
    );
    await second().must('systemctl start --no-block k3s');
    const log = () => second().must('journalctl -u k3s -o cat');
    await waitFor('the refusal', async () => (await log()).includes('too many learner members'), {
      timeoutMs: 60_000,
    });
    await etcd('cluster/member/remove', { ID: added.member.ID });
    await waitForVoters(first(), [first(), second()]);
  });

  test('a third server joins through the second, with the short token', async () => {
    await setUp('hetzner3', { join: '10.0.0.3' });
    await startServer(third());
    await waitForVoters(third(), all());
  });

  test('VXLAN: a server reaches pods on the others', async () => {
    await kubectl('hetzner1', '-n kube-system scale deploy/coredns --replicas=3');
    await coreDnsReady();
    const pods = (
      await kubectl(
        'hetzner1',
        "-n kube-system get pods -l k8s-app=kube-dns -o jsonpath='{.items[*].status.podIP}'",
      )
    ).split(' ');
    expect(new Set(pods.map((ip) => ip.split('.')[2])).size).toBe(3);
    for (const ip of pods) expect(await askForApi(ip)).toBe('10.43.0.1');
  });
});

describe('high availability', () => {
  test('without one server the API answers on the others; it comes back by itself', async () => {
    await third().powerOff();
    const answers = async () =>
      (await second().exec('k3s kubectl get --raw /readyz', { timeoutMs: 5_000 })).stdout === 'ok';
    await waitFor('the API on the second server', answers, { timeoutMs: 30_000 });
    const gone = async () => !(await votersSeenBy(first())).includes(third().hostname);
    await waitFor('the third to be missed', gone, { timeoutMs: 90_000 });
    await third().boot();
    await waitForVoters(first(), all());
  });

  test('the annotation removes a member; its node is deleted; it joins again as another member', async () => {
    const name = third().hostname;
    await kubectl('hetzner1', `annotate node ${name} etcd.k3s.cattle.io/remove=true`);
    const removed = () =>
      kubectl(
        'hetzner1',
        `get node ${name} -o jsonpath='{.metadata.annotations.etcd\\.k3s\\.cattle\\.io/removed-node-name}'`,
      );
    const member = await waitFor('the member to be removed', async () => (await removed()) || undefined, {
      timeoutMs: 60_000,
    });
    await third().must(`systemctl stop k3s; rm -rf ${SERVER}/db`);
    await kubectl('hetzner1', `delete node ${name} --timeout=60s`);
    const secret = await first().exec(`k3s kubectl -n kube-system get secret ${name}.node-password.k3s`);
    expect(secret.stderr).toMatch(/NotFound/);
    await startServer(third());
    await waitForVoters(first(), all());
    const again = await kubectl(
      'hetzner1',
      `get node ${name} -o jsonpath='{.metadata.annotations.etcd\\.k3s\\.cattle\\.io/node-name}'`,
    );
    expect(again).toMatch(new RegExp(`^${name}-`));
    expect(again).not.toBe(member);
  });

  test('an upgrade, server by server', async () => {
    const [, newer] = servedVersions();
    if (newer === undefined) return; // a genuine binary is one release
    for (const each of all()) {
      await installBinary(each, newer);
      await startServer(each);
      const version = () =>
        kubectl(each.alias, `get node ${each.hostname} -o jsonpath='{.status.nodeInfo.kubeletVersion}'`);
      await waitFor(`${each.alias} to be ${newer}`, async () => (await version()) === newer, {
        timeoutMs: 60_000,
      });
      await waitForVoters(each, all());
    }
  });
});

describe('snapshots', () => {
  let snapshot = '';

  test('save, ls, delete', async () => {
    await first().must('k3s etcd-snapshot save --name kept; k3s etcd-snapshot save --name dropped');
    const list = async () =>
      (await first().must('k3s etcd-snapshot ls')).split('\n').map((line) => line.split(/\s+/)[0] ?? '');
    const dropped = (await list()).find((name) => name.startsWith('dropped-')) ?? '';
    await first().must(`k3s etcd-snapshot delete ${dropped}`);
    const left = await list();
    expect(left).not.toContain(dropped);
    snapshot = left.find((name) => name.startsWith(`kept-${first().hostname}-`)) ?? '';
    expect(await first().must(`stat -c %a ${SERVER}/db/snapshots/${snapshot}`)).toBe('600\n');
  });

  test('after the loss of all disks the token and a snapshot bring everything back', async () => {
    await kubectl('hetzner1', 'create configmap late');
    const saved = await first().must(`base64 -w0 ${SERVER}/db/snapshots/${snapshot}`, { timeoutMs: 30_000 });
    await Promise.all(all().map((each) => each.destroy()));
    await Promise.all(PRODUCTION_HOSTS.map((spec) => createHost(spec)));
    for (const [alias, join] of [
      ['hetzner1', undefined],
      ['hetzner2', '10.0.0.2'],
      ['hetzner3', '10.0.0.2'],
    ] as const)
      await setUp(alias, {
        version: servedVersions().at(-1) ?? NEWEST,
        ...(join === undefined ? {} : { join }),
      });
    await first().must('base64 -d > /root/snapshot', { input: saved });
    const reset = '--cluster-reset --cluster-reset-restore-path=/root/snapshot';
    expect(await refused('hetzner1', '--cluster-reset --cluster-reset-restore-path=/root/none')).toMatch(
      /does not exist/,
    );
    expect(await refused('hetzner1', `--token=other ${reset}`)).toMatch(/token/);
    expect(await first().must(`timeout 60 k3s server ${reset} 2>&1`, { timeoutMs: 70_000 })).toMatch(
      /membership has been reset/,
    );
    expect(await refused('hetzner1', reset)).toMatch(/reset-flag/);
    await startServer(first());
    expect((await first().must(`cat ${SERVER}/token`)).trim()).toBe(fullToken);
    expect(await kubectl('hetzner1', "get secret one -o jsonpath='{.data.key}' | base64 -d")).toBe('kept');
    expect((await first().exec('k3s kubectl get configmap late')).stderr).toMatch(/NotFound/);
    for (const each of [second(), third()]) {
      await startServer(each);
      await waitFor(
        `${each.alias} to vote`,
        async () => (await votersSeenBy(first())).includes(each.hostname),
        { timeoutMs: 90_000 },
      );
    }
    await waitForVoters(third(), all());
  });
});
