import { parseCluster } from '../../config/load.ts';
import { clusterText } from '../clusters.ts';
import { labClusterYaml } from './cluster-yaml.ts';

// What the lab provisions must be production's cluster in everything but place: read back through the real loader.

const production = parseCluster(clusterText, 'cluster.yaml');
const inLab = (provider: 'hetzner' | 'static', version?: string) =>
  parseCluster(labClusterYaml(clusterText, { provider, ...(version ? { version } : {}) }), 'lab.yaml');

test('addresses and ranges are the lab’s, everything else is production’s', () => {
  const lab = inLab('hetzner');
  expect(lab.nodes).toEqual(
    production.nodes.map((node, index) => ({
      ...node,
      publicIPv4: `203.0.113.${11 + index}`,
      publicIPv6: `2001:db8:113:${11 + index}::1`,
    })),
  );
  expect(lab.edge.proxyRanges).toEqual(['198.51.100.0/24', '2001:db8:cf::/64']);
  expect(lab.firewall).toEqual({
    ssh: ['192.0.2.0/25', '2001:db8:2::/64'],
    kubernetesAPI: ['192.0.2.0/25', '2001:db8:2::/64'],
  });
  expect(lab.k3s.version).toBe('v1.34.4+lab1');
  const { nodes, firewall, k3s } = lab;
  const edge = { ...production.edge, proxyRanges: lab.edge.proxyRanges };
  expect(lab).toEqual({ ...production, nodes, firewall, k3s, edge });
});

test('hosts that exist already, and an older release', () => {
  const lab = inLab('static', 'v1.34.3+lab1');
  expect(lab.provider).toEqual({ kind: 'static' });
  expect(lab.nodes.map(({ publicIPv6 }) => publicIPv6)).toEqual([
    '2001:db8:113::11',
    '2001:db8:113::12',
    '2001:db8:113::13',
  ]);
  expect(lab.k3s.version).toBe('v1.34.3+lab1');
});

test('digests go: the images of the lab have their own', () => {
  const text = clusterText.replace(/^( {2}api: gitea\S+)/m, `$1@sha256:${'0'.repeat(64)}`);
  expect(labClusterYaml(text, { provider: 'static' })).not.toContain('@sha256');
});

test('a node that the lab has no host for is refused', () => {
  const text = clusterText.replace('alias: hetzner3', 'alias: hetzner9');
  expect(() => labClusterYaml(text, { provider: 'static' })).toThrow(/node hetzner9 is no host of the lab/);
});
