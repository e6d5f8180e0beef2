import { nodeAddress } from '../addresses.ts';
import type { Cluster, Node } from '../schema.ts';
import { hostFiles } from './host-files.ts';
import { hostFolders } from './host-folder.ts';
import { loginUser } from './login.ts';
import { ufwBeforeRules } from './ufw-before-rules.ts';
import { ufwCommand } from './ufw-render.ts';
import { ufwRules } from './ufw-rules.ts';

/** What every host must look like, one text a host by name of file: for the eyes of a reviewer, in the diff of dist/. */
export function hostTexts(cluster: Cluster): Map<string, string> {
  return new Map(cluster.nodes.map((node) => [`hosts/${node.alias}.txt`, hostText(cluster, node)]));
}

function hostText(cluster: Cluster, node: Node): string {
  const sections = [
    section('firewall rules, in this order; whatever none of them allows is refused', rules(cluster, node)),
    ...ufwBeforeRules(cluster).map(({ path, reason, content }) =>
      section(`top of ${path}: ${reason}`, `${content}\n`),
    ),
    section(
      'folders',
      hostFolders.map(({ path, mode, owner, reason }) => `${path}  ${mode} ${owner}: ${reason}\n`).join(''),
    ),
    ...operators(cluster),
    section('k3s release', `${cluster.k3s.version}\n`),
    // The interface is found on the host, by this address.
    ...hostFiles(cluster, node, `<interface of ${nodeAddress(node)}>`).map(
      ({ path, mode, owner, reason, content }) => section(`${path}  ${mode} ${owner}: ${reason}`, content),
    ),
  ];
  return `${node.alias}, in Kubernetes ${node.hostname}: what provisioning makes true on this host.\n\n${sections.join('\n')}`;
}

/** Without a list the keys on a host are left alone, and there is nothing to review. */
function operators({ operators: keys }: Cluster): string[] {
  if (keys === undefined) return [];
  const title = `keys that log in as ${loginUser}, and no others`;
  return [section(title, keys.map((key) => `${key}\n`).join(''))];
}

/** Each reason once, above the rules that share it. */
function rules(cluster: Cluster, node: Node): string {
  return ufwRules(cluster, node)
    .map((rule, i, all) => {
      const reason = rule.reason === all[i - 1]?.reason ? '' : `# ${rule.reason}\n`;
      return `${reason}${ufwCommand(rule)}\n`;
    })
    .join('');
}

const section = (title: string, content: string) => `=== ${title}\n${content}`;
