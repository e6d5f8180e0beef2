import { host, kubectl } from '../lab.ts';

/** Files that provisioning writes or could write, units and rules: what a run with nothing to do must leave alone. */
const HOST_STATE = `
find /etc /usr/local /home/deploy/.ssh /var/lib/rancher/k3s/agent/etc/kubelet.conf.d \
  /var/lib/rancher/k3s/server/psa.yaml /var/lib/rancher/k3s/server/audit.yaml -xdev -type f \
  ! -path '/etc/mtab' -printf '%p %m %u:%g %T@\\n' | sort
ufw status numbered
systemctl show -p Id,ActiveEnterTimestampMonotonic ssh k3s fail2ban unattended-upgrades systemd-journald | grep -v '^$'
sysctl kernel.panic vm.overcommit_memory net.ipv4.ip_unprivileged_port_start
swapon --show`;

/** Objects of the cluster that somebody applies; what controllers rewrite all the time is left out. */
const KINDS =
  'namespaces,configmaps,secrets,services,serviceaccounts,deployments,statefulsets,daemonsets,networkpolicies,' +
  'poddisruptionbudgets,resourcequotas,limitranges,priorityclasses,storageclasses';

/** All of it, in lines: two equal states show that nothing was touched between them. */
export async function stateOf(aliases: readonly string[]): Promise<string[]> {
  const hosts = await Promise.all(
    aliases.map(async (alias) => {
      const text = await host(alias).must(HOST_STATE, { timeoutMs: 60_000 });
      return text.split('\n').map((line) => `${alias}: ${line}`);
    }),
  );
  return [...hosts.flat(), ...(await objects())];
}

/** Name and generation of each object; of those without a generation the version, which any write moves. */
async function objects(): Promise<string[]> {
  const { stdout } = await kubectl(['get', KINDS, '-A', '-o', 'json'], { timeoutMs: 60_000 });
  const { items } = JSON.parse(stdout) as {
    items: {
      kind: string;
      metadata: { namespace?: string; name: string; generation?: number; resourceVersion: string };
    }[];
  };
  return items.map(({ kind, metadata: { namespace, name, generation, resourceVersion } }) => {
    // A status moves the version of what has one; the generation moves only with what somebody asked for.
    const version = ['ConfigMap', 'Secret', 'ServiceAccount', 'Service'].includes(kind)
      ? resourceVersion
      : `generation ${generation ?? 'none'}`;
    return `${kind} ${namespace ?? ''}/${name} ${version}`;
  });
}
