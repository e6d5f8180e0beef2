import { addressOf } from '../cluster.ts';
import type { LabHost } from '../lab.ts';

const PODS = '10.42.0.0/16';
const SERVICES = '10.43.0.0/16';
const NODES = '10.0.0.0/24';
const OPERATORS = '192.0.2.0/25';

/** Drops, before any routing decision, what strangers address to pods, Services and node ports (control N-12). */
function rawBlock(): string {
  const cards = ['eth0', 'enp7s0'];
  const networks = cards.flatMap((card) => [PODS, SERVICES].map((net) => `-i ${card} -d ${net}`));
  const ports = cards.flatMap((card) =>
    ['tcp', 'udp'].map((protocol) => `-i ${card} -p ${protocol} --dport 30000:32767`),
  );
  const rules = [...networks, ...ports].map((match) => `-A PREROUTING ${match} -j DROP`);
  return ['*raw', ':PREROUTING ACCEPT [0:0]', '-F PREROUTING', ...rules, 'COMMIT', ''].join('\n');
}

/** UFW of a Kubernetes server as controls N-7 and N-11 to N-13 tell; nothing else comes in or is routed. */
export async function guard(host: LabHost, peers: readonly LabHost[]): Promise<void> {
  const fromPeers = peers
    .map(addressOf)
    .flatMap((peer) => [
      `ufw allow proto tcp from ${peer} to any port 6443,2379:2380,10250`,
      `ufw allow proto udp from ${peer} to any port 8472`,
    ]);
  const script = [
    'ufw default deny incoming',
    'ufw default allow outgoing',
    'ufw default deny routed',
    `ufw allow proto tcp from ${OPERATORS} to any port 22`,
    ...fromPeers,
    `ufw allow in on cni0 from ${PODS} to any port 6443`,
    // The host's own CoreDNS and probes answer through established connections; etcd, kubelet and sshd of peers do not.
    `ufw route deny in on cni0 from ${PODS} to ${NODES} port 22,2379,2380 proto tcp`,
    `ufw route allow in on cni0 from ${PODS}`,
    `ufw route allow in on flannel.1 out on cni0 from ${PODS} to ${PODS}`,
    'cat >> /etc/ufw/before.rules',
    'ufw --force enable',
  ];
  await host.must(`set -e\n${script.join('\n')}`, { input: rawBlock(), timeoutMs: 60_000 });
}
