import type { Cluster, Node } from '../schema.ts';
import { admissionFile } from './admission.ts';
import { auditPolicyFile } from './audit-policy.ts';
import { fail2banFile } from './fail2ban.ts';
import type { HostFile } from './host-file.ts';
import { hugePagesFile } from './huge-pages.ts';
import { journaldFile } from './journald.ts';
import { k3sConfigFile } from './k3s-config.ts';
import { k3sUnitFile } from './k3s-unit.ts';
import { kubeletFile } from './kubelet.ts';
import { needrestartFile } from './needrestart.ts';
import { networkdFile } from './networkd.ts';
import { registriesFile } from './registries.ts';
import { sshdFile } from './sshd.ts';
import { sudoersFile } from './sudoers.ts';
import { sysctlFile } from './sysctl.ts';
import { timeFile } from './time.ts';
import { ufwDefaultsFile } from './ufw-defaults.ts';
import { unattendedUpgradesFiles } from './unattended-upgrades.ts';

/**
 * Every file that a host must have, in the order in which they are written: what k3s reads is there before k3s starts.
 * The two token files are not among them, as their content is secret.
 * @param networkInterface the interface that carries the node's address, as found on the host
 */
export function hostFiles(cluster: Cluster, node: Node, networkInterface: string): HostFile[] {
  const index = cluster.nodes.findIndex(({ alias }) => alias === node.alias);
  return [
    sudoersFile,
    sshdFile,
    fail2banFile(cluster),
    sysctlFile,
    hugePagesFile,
    timeFile(cluster),
    journaldFile,
    networkdFile,
    ...unattendedUpgradesFiles(index),
    needrestartFile,
    ufwDefaultsFile,
    admissionFile,
    auditPolicyFile,
    kubeletFile,
    registriesFile(cluster),
    k3sConfigFile(cluster, node, networkInterface),
    k3sUnitFile,
  ];
}
