import { parse } from 'yaml';
import { hostFiles } from '../../../config/hosts/host-files.ts';
import { hostFolders } from '../../../config/hosts/host-folder.ts';
import type { Cluster } from '../../../config/schema.ts';
import { variants } from '../../clusters.ts';

/** k3s' configuration, read back from the files that are written. */

type Data = Record<string, unknown>;

const contentOf = (of: Cluster, path: string): string[] =>
  of.nodes.map((node, i) => {
    const file = hostFiles(of, node, `nic${i}`).find((candidate) => candidate.path === path);
    if (file === undefined) throw new Error(`no file ${path}`);
    return file.content;
  });
const configs = (of: Cluster): Data[] =>
  contentOf(of, '/etc/rancher/k3s/config.yaml').map((text) => parse(text));
const first = (of: Cluster): Data => configs(of)[0] ?? {};
const list = (config: Data, key: string) => config[key] as string[];

const real = variants['as it is']();

/** Flags of `k3s server` in 1.34 that may stand in the file (https://docs.k3s.io/cli/server); of another, k3s does not start. */
const FLAGS = `
  debug v vmodule log alsologtostderr bind-address https-listen-port advertise-address advertise-port tls-san
  tls-san-security data-dir cluster-cidr service-cidr service-node-port-range cluster-dns cluster-domain flannel-backend
  flannel-ipv6-masq flannel-external-ip egress-selector-mode servicelb-namespace write-kubeconfig write-kubeconfig-mode
  write-kubeconfig-group helm-job-image token-file agent-token-file disable disable-scheduler disable-cloud-controller
  disable-kube-proxy disable-network-policy disable-helm-controller etcd-arg kube-apiserver-arg kube-scheduler-arg
  kube-controller-manager-arg kube-cloud-controller-manager-arg datastore-endpoint etcd-expose-metrics
  etcd-disable-snapshots etcd-snapshot-name etcd-snapshot-schedule-cron etcd-snapshot-retention etcd-snapshot-dir
  etcd-snapshot-compress etcd-s3 etcd-s3-config-secret default-local-storage-path node-name with-node-id node-label
  node-taint image-credential-provider-bin-dir image-credential-provider-config container-runtime-endpoint
  default-runtime disable-default-registry-endpoint embedded-registry supervisor-metrics pause-image snapshotter
  private-registry system-default-registry node-ip node-external-ip node-internal-dns node-external-dns resolv-conf
  flannel-iface flannel-conf kubelet-arg kube-proxy-arg protect-kernel-defaults secrets-encryption
  secrets-encryption-provider enable-pprof rootless prefer-bundled-bin selinux lb-server-port`
  .trim()
  .split(/\s+/);

/** The only keys by which two servers may differ; of the others k3s refuses some that do, and the rest would surprise. */
const OF_A_NODE = ['node-name', 'node-ip', 'node-external-ip', 'advertise-address', 'flannel-iface'];

describe.each(Object.entries(variants))('%s', (_, variant) => {
  const of = variant();

  test('every key is a flag of k3s, and none decides who starts the cluster or holds a token', () => {
    for (const config of configs(of)) {
      expect(Object.keys(config).filter((key) => !FLAGS.includes(key))).toEqual([]);
      for (const key of ['cluster-init', 'server', 'token', 'agent-token'])
        expect(config).not.toHaveProperty(key);
    }
  });

  test('servers differ by their own name and addresses alone', () => {
    const [one, ...others] = configs(of);
    for (const other of others) {
      expect(Object.keys(other)).toEqual(Object.keys(one ?? {}));
      for (const [key, value] of Object.entries(one ?? {})) {
        if (OF_A_NODE.includes(key)) expect({ [key]: other[key] }).not.toEqual({ [key]: value });
        else expect({ [key]: other[key] }).toEqual({ [key]: value });
      }
    }
  });

  test('the certificate holds every name and address, so that a kubeconfig works with any server down', () => {
    const names = of.nodes.flatMap((node) => {
      return [node.hostname, node.alias, node.publicIPv4, node.publicIPv6, node.privateIPv4];
    });
    const known = names.filter((name) => name !== undefined);
    expect([...list(first(of), 'tls-san')].sort()).toEqual(known.sort());
  });
});

test('a node is known by its private address and sends pod packets by the interface found for it', () => {
  expect(configs(real)[1]).toMatchObject({
    'node-name': 'ubuntu-8gb-nbg1-1',
    'node-ip': '10.0.0.3',
    'advertise-address': '10.0.0.3',
    'node-external-ip': '178.105.32.198',
    'flannel-iface': 'nic1',
    'flannel-backend': 'vxlan',
    'cluster-dns': '10.43.0.10',
  });
});

test('without a private network pod packets cross the internet: encrypted, between the public addresses', () => {
  const config = configs(variants['hosts without a private network']())[1];
  expect(config).toMatchObject({ 'node-ip': '178.105.32.198', 'flannel-backend': 'wireguard-native' });
  expect(config).not.toHaveProperty('node-external-ip');
});

// What cannot be switched on later (encryption), opens ports (servicelb, Traefik, node ports) or cannot be restored (zip).
test('hardening that has to be right from the first start', () => {
  expect(first(real)).toMatchObject({
    'secrets-encryption': true,
    'protect-kernel-defaults': true,
    'write-kubeconfig-mode': '0600',
    disable: ['traefik', 'servicelb'],
    'kube-proxy-arg': ['nodeport-addresses=127.0.0.0/8', 'iptables-localhost-nodeports=false'],
    'etcd-snapshot-schedule-cron': '0 */6 * * *',
    'etcd-snapshot-retention': 28,
    'etcd-snapshot-compress': false,
  });
});

describe('what the API server reads', () => {
  const argument = (name: string) =>
    list(first(real), 'kube-apiserver-arg')
      .find((arg) => arg.startsWith(`${name}=`))
      ?.split('=')[1] ?? '';
  const file = (name: string): Data => parse(contentOf(real, argument(name))[0] ?? '');
  const admission = file('admission-control-config-file') as {
    plugins: { name: string; configuration: Data }[];
  };
  const plugin = (name: string) =>
    admission.plugins.find((candidate) => candidate.name === name)?.configuration;

  test('its audit log goes to a folder that exists: without one it does not start', () => {
    expect(hostFolders.map(({ path }) => path)).toContain(argument('audit-log-path').replace(/\/[^/]+$/, ''));
  });

  test('the event limit is enabled and has its limits', () => {
    expect(argument('enable-admission-plugins').split(',')).toContain('EventRateLimit');
    expect(plugin('EventRateLimit')).toMatchObject({ limits: [{ type: 'Server' }, { type: 'Namespace' }] });
  });

  test("a namespace without labels is restricted; k3s' own is the only exception", () => {
    expect(plugin('PodSecurity')).toMatchObject({
      defaults: { enforce: 'restricted', audit: 'restricted', warn: 'restricted' },
      exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system'] },
    });
  });

  describe('the audit policy', () => {
    const { rules } = file('audit-policy-file') as {
      rules: { level: string; resources?: { group: string; resources: string[] }[] }[];
    };

    // Level Request and above write bodies: every Secret would be in the log, in the clear.
    test('never records bodies', () => {
      expect([...new Set(rules.map(({ level }) => level))].sort()).toEqual(['Metadata', 'None']);
    });

    test('records whoever reads a Secret, before any rule that keeps quiet, and what no rule names', () => {
      expect(rules[0]).toMatchObject({ level: 'Metadata' });
      expect(rules[0]?.resources?.[0]?.resources).toContain('secrets');
      expect(rules.at(-1)).toEqual({ level: 'Metadata' });
    });
  });
});
