import { planK3s } from '../../bootstrap/src/k3s/plan.ts';
import { readServer, type Server } from '../../bootstrap/src/k3s/state.ts';
import { upgradeProblem } from '../../bootstrap/src/k3s/version.ts';
import { k3sPaths } from '../../config/hosts/k3s-paths.ts';
import { cluster } from '../clusters.ts';
import {
  clusterText,
  freshFacts,
  type MemberState,
  runningServer,
  sha256,
  VERSION,
  withFacts,
} from './hosts.ts';

const { nodes } = cluster();
const all: MemberState[] = nodes.map(({ hostname }) => ({ name: hostname }));
const fresh = () => nodes.map((node) => readServer({ node, facts: freshFacts(node) }));
const running = (members: readonly MemberState[] = all) => nodes.map((node) => runningServer(node, members));

/** k3s runs, and no API answers. */
const silent = () => nodes.map((node) => runningServer(node, undefined));

/** What happens to the servers, a line each: `hetzner1 start found`. */
function units(servers: readonly Server[], of = cluster()): string[] {
  return planK3s(of, servers).changes.flatMap(({ where, action, task }) =>
    task.kind === 'run' ? [`${where} ${action} ${task.part}`] : [],
  );
}

const replaced = (list: readonly Server[], index: number, by: Server) =>
  list.map((server, i) => (i === index ? by : server));

const at = (list: readonly Server[], index: number): Server => {
  const server = list[index];
  if (server === undefined) throw new Error('no such server');
  return server;
};

// A second cluster-init would split the site into two clusters, each with a part of the data.
describe('only one cluster is ever begun', () => {
  test('on empty hosts the first begins it, the others join', () => {
    expect(units(fresh())).toEqual(['hetzner1 start found', 'hetzner2 start join', 'hetzner3 start join']);
  });

  test.each([0, 1, 2])(
    'etcd data on host %i alone: nobody begins another one, whatever the order',
    (index) => {
      const survivor = withFacts(at(silent(), index), {
        units: { 'k3s.service': { active: 'inactive', enabled: 'enabled', since: 0 } },
      });
      const servers = replaced(fresh(), index, survivor);
      expect(units(servers).filter((line) => line.endsWith('found'))).toEqual([]);
      expect(units(servers)).toContain(`${survivor.node.alias} start stay`);
    },
  );

  test('an empty first host beside a living cluster joins it', () => {
    const members = all.slice(1);
    const servers = replaced(running(members), 0, at(fresh(), 0));
    expect(units(servers)).toEqual(['hetzner1 start join']);
    const config = planK3s(cluster(), servers).changes.find(({ what }) => what.endsWith(k3sPaths.config));
    expect(config?.file?.after).toMatch(/^server: https:\/\/10\.0\.0\.3:6443$/m);
    expect(config?.file?.after).not.toMatch(/cluster-init/);
  });

  test('a run cut off after the first server had begun goes on with that one', () => {
    const begun = withFacts(at(silent(), 0), {
      units: { 'k3s.service': { active: 'activating', enabled: 'enabled', since: 0 } },
    });
    expect(units(replaced(fresh(), 0, begun))).toEqual([
      'hetzner1 start stay',
      'hetzner2 start join',
      'hetzner3 start join',
    ]);
  });
});

test('a cluster that is as it should be: nothing to do', () => {
  expect(planK3s(cluster(), running())).toMatchObject({ changes: [], problems: [] });
});

describe('a restart is planned', () => {
  test('for a server whose k3s was started with another file than it has now', () => {
    const server = at(running(), 1);
    const files = { ...server.facts.files };
    const started = files[k3sPaths.startedWith];
    if (!started) throw new Error('no record');
    files[k3sPaths.startedWith] = {
      ...started,
      content: started.content?.replace(/^[0-9a-f]{4}/, '0000') ?? '',
    };
    expect(units(replaced(running(), 1, withFacts(server, { files })))).toEqual(['hetzner2 restart stay']);
  });

  test('for all whose file is edited by hand, which is put right', () => {
    const server = at(running(), 2);
    const content = 'edited: true\n';
    const files = {
      ...server.facts.files,
      [k3sPaths.kubelet]: { mode: '0600', owner: 'root:root', content, sha256: sha256(content) },
    };
    const { changes } = planK3s(cluster(), replaced(running(), 2, withFacts(server, { files })));
    expect(changes.map(({ where, action, what }) => `${where} ${action} ${what}`)).toEqual([
      `hetzner3 change file ${k3sPaths.kubelet}`,
      'hetzner3 restart k3s.service',
    ]);
  });

  test('and refused while another server is weak, as etcd would lose its majority', () => {
    const members = all.map((member, i) => (i === 0 ? { ...member, ready: false } : member));
    const servers = running(members);
    const server = withFacts(at(servers, 1), {
      files: { ...at(servers, 1).facts.files, [k3sPaths.startedWith]: null },
    });
    const { problems } = planK3s(cluster(), replaced(servers, 1, server));
    expect(problems.join()).toMatch(/hetzner2 would be restarted, but ubuntu-8gb-nbg1-2 is not Ready/);
  });
});

describe('refused, with the reason', () => {
  test('k3s runs everywhere and no API answers', () => {
    expect(planK3s(cluster(), silent()).problems.join()).toMatch(/no API server answers/);
  });

  test('the cluster knows the server, and its disk is empty', () => {
    const servers = replaced(running(), 1, at(fresh(), 1));
    expect(planK3s(cluster(), servers).problems.join()).toMatch(/kubectl delete node ubuntu-8gb-nbg1-1/);
  });

  test('no interface has the node address', () => {
    const server = withFacts(at(fresh(), 0), { interfaces: [{ name: 'eth0', addresses: ['203.0.113.11'] }] });
    expect(planK3s(cluster(), replaced(fresh(), 0, server)).problems.join()).toMatch(/interface of hetzner1/);
  });

  test('another pod network on a cluster that lives', () => {
    const other = { ...cluster(), network: { ...cluster().network, podCIDR: '10.60.0.0/16' } };
    expect(planK3s(other, running()).problems.join()).toMatch(
      /cluster-cidr is 10\.42\.0\.0\/16 and cannot become/,
    );
  });

  test.each([
    ['v1.34.6+k3s1', 'v1.34.5+k3s1', /cannot go back/],
    ['v1.34.6+k3s1', 'v1.36.0+k3s1', /newest 1\.35/],
    ['v1.34.6+k3s1', 'v1.34.6+k3s2', undefined],
    ['v1.34.6+k3s1', 'v1.35.0+k3s1', undefined],
    ['v1.34.6+k3s2', 'v1.34.6+k3s1', /cannot go back/],
  ])('k3s from %s to %s', (from, to, reason) => {
    if (reason) expect(upgradeProblem(from, to)).toMatch(reason);
    else expect(upgradeProblem(from, to)).toBeUndefined();
  });
});

test('an upgrade replaces the binary and restarts, server by server', () => {
  const next = VERSION.replace(/\.(\d+)\+/, (_, patch) => `.${Number(patch) + 1}+`);
  const newer = { ...cluster(), k3s: { ...cluster().k3s, version: next } };
  const { changes, problems } = planK3s(newer, running());
  expect(problems).toEqual([]);
  expect(changes.map(({ where, what }) => `${where} ${what}`)).toEqual(
    nodes.flatMap(({ alias }) => [`${alias} k3s`, `${alias} k3s.service`]),
  );
});

test('CoreDNS is brought to one replica a node', () => {
  const cut = (server: Server) =>
    withFacts(server, {
      commands: {
        ...server.facts.commands,
        cluster: { exitCode: 0, stdout: clusterText(all, 1), stderr: '' },
      },
    });
  const { changes } = planK3s(cluster(), running().map(cut));
  expect(changes).toMatchObject([{ what: 'CoreDNS', task: { kind: 'dns', replicas: 3 } }]);
});

// Tokens are full power over the cluster; a plan is shown, logged and printed as JSON.
test('no plan holds a token', () => {
  const text = JSON.stringify(planK3s(cluster(), fresh()));
  expect(text).not.toMatch(/"\/etc\/rancher\/k3s\/(agent-)?token"/);
});
