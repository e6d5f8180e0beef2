import { PRODUCTION_HOSTS, waitFor } from '../lab.ts';
import { withHosts } from '../testing/scenario.ts';
import {
  all,
  etcd,
  first,
  kubectl,
  refused,
  SERVER,
  second,
  setUp,
  TOKEN,
  third,
  withReleases,
} from './contract.ts';
import { startServer, waitForVoters } from './server.ts';

// k3s's contract, point by point: what three servers do together. Loss of a server, an upgrade and the loss of all disks are
// in scenarios/50-servers.test.ts.

let fullToken = '';

withHosts(PRODUCTION_HOSTS);
withReleases();

beforeAll(async () => {
  await setUp('hetzner1');
  await startServer(first());
  await waitForVoters(first(), [first()]);
  fullToken = (await first().must(`cat ${SERVER}/token`)).trim();
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
});

describe('members', () => {
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
    expect(snapshot).not.toBe('');
    expect(await first().must(`stat -c %a ${SERVER}/db/snapshots/${snapshot}`)).toBe('600\n');
  });

  test('every snapshot is an object, on whichever server it lies', async () => {
    await second().must('k3s etcd-snapshot save --name other');
    const shown = async () => (await kubectl('hetzner3', 'get etcdsnapshotfiles')).trim().split('\n');
    const rowOf = async (name: string) => (await shown()).find((line) => line.includes(name))?.split(/ +/);
    const soon = { timeoutMs: 60_000 };
    // Each server reports its own snapshots, in its own time.
    const other = `other-${second().hostname}-`;
    await waitFor('the object of the snapshot on the second server', () => rowOf(other), soon);
    const row = await waitFor('the object of the one on the first', () => rowOf(snapshot), soon);
    const location = `file://${SERVER}/db/snapshots/${snapshot}`;
    expect(row.slice(1, 4)).toEqual([snapshot, first().hostname, location]);
    await waitFor(
      'no object for the one that was deleted',
      async () => (await rowOf('dropped-')) === undefined,
      soon,
    );
    expect((await shown())[0]).toMatch(/^NAME +SNAPSHOTNAME +NODE +LOCATION +SIZE +CREATIONTIME$/);
  });

  test('a reset from a snapshot that is not there is refused and changes nothing', async () => {
    await first().must('systemctl stop k3s');
    const reset = '--cluster-reset --cluster-reset-restore-path=/root/none';
    expect(await refused('hetzner1', reset)).toMatch(/does not exist/);
    await startServer(first());
    await waitForVoters(first(), all());
  });
});
