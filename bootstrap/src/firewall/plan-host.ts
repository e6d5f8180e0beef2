import { withBlock } from '../../../config/hosts/host-block.ts';
import { ufwBeforeRules } from '../../../config/hosts/ufw-before-rules.ts';
import { ufwDefaultsFile } from '../../../config/hosts/ufw-defaults.ts';
import { ufwCommand } from '../../../config/hosts/ufw-render.ts';
import { ufwRules } from '../../../config/hosts/ufw-rules.ts';
import type { Cluster } from '../../../config/schema.ts';
import type { Plan } from '../frame/step.ts';
import { planProof, revertTimer } from '../host/armed.ts';
import { type HostChange, planFile } from '../host/change.ts';
import type { HostFacts, HostQuery } from '../host/facts.ts';
import type { SeenHost } from '../host/fleet.ts';
import { runTask, writeTask } from '../host/task.ts';
import { type Rules, ufwEdits } from './edits.ts';
import { byFamily, isOurs, type ListedRule, listed, loadedCounts, readRules } from './rule-list.ts';

const USER_RULES = { v4: '/etc/ufw/user.rules', v6: '/etc/ufw/user6.rules' } as const;
const BEFORE_RULES = ['/etc/ufw/before.rules', '/etc/ufw/before6.rules'] as const;

/** Every file that a change of the firewall may touch. */
export const UFW_FILES: readonly string[] = [
  ufwDefaultsFile.path,
  '/etc/ufw/ufw.conf',
  ...BEFORE_RULES,
  ...Object.values(USER_RULES),
];

/** Chains of the kernel, with the program that shows them. */
const CHAINS = {
  'ufw-user-input': ['iptables', '-S', 'ufw-user-input'],
  'ufw-user-forward': ['iptables', '-S', 'ufw-user-forward'],
  'ufw6-user-input': ['ip6tables', '-S', 'ufw6-user-input'],
  'ufw6-user-forward': ['ip6tables', '-S', 'ufw6-user-forward'],
  raw: ['iptables', '-t', 'raw', '-S', 'honeydue'],
  mangle: ['iptables', '-t', 'mangle', '-S', 'honeydue'],
  mangle6: ['ip6tables', '-t', 'mangle', '-S', 'honeydue'],
} as const;

/** What has to be known of a host to plan its firewall. */
export const firewallQuery: Partial<HostQuery> = {
  files: UFW_FILES,
  units: [revertTimer('ufw')],
  commands: { status: ['ufw', 'status'], ...CHAINS },
};

/** What is to be done about the firewall of one host. */
export function planFirewall(cluster: Cluster, { node, facts }: SeenHost): Plan<HostChange> {
  const where = node.alias;
  const changes = [
    ...planProof(where, 'ufw', facts),
    ...planFile(where, ufwDefaultsFile, facts),
    ...planBeforeRules(cluster, where, facts),
    ...planRules(cluster, { node, facts }),
  ];
  const active = /^Status: active/m.test(facts.commands.status?.stdout ?? '');
  const settings = changes.filter(({ what }) => what.startsWith('file '));
  if (!active) changes.push(enabling(where));
  else if (settings.length > 0) changes.push(reloading(where, 'the files take effect'));
  else if (!isLoaded(facts)) changes.push(reloading(where, 'the kernel holds other rules than the files'));
  const foreign = [...rulesOf(facts).v4, ...rulesOf(facts).v6].filter((rule) => !isOurs(rule));
  const wanted = ufwRules(cluster, node).map((rule) => listed(rule).key);
  return {
    changes,
    problems: [],
    notes: foreign
      .filter(({ key }) => !wanted.includes(key))
      .map(
        (rule) =>
          `${where}: a rule that is not ours stays: ${foreignText(rule)}. If nobody needs it: ufw status numbered, ufw delete NUMBER.`,
      ),
  };
}

const foreignText = ({ key, comment }: ListedRule) => (comment ? `${key} (${comment})` : key);

/** The rules as the host's files have them. */
export function rulesOf(facts: HostFacts): Rules {
  const of = (path: string) => readRules(facts.files[path]?.content ?? '');
  return { v4: of(USER_RULES.v4), v6: of(USER_RULES.v6) };
}

function planBeforeRules(cluster: Cluster, where: string, facts: HostFacts): HostChange[] {
  return ufwBeforeRules(cluster).flatMap((block) => {
    const { path, reason } = block;
    const seen = facts.files[path];
    const before = seen?.content ?? '';
    const after = withBlock(before, block);
    if (before === after) return [];
    const { mode = '0640', owner = 'root:root' } = seen ?? {};
    return [
      {
        action: 'change' as const,
        where,
        what: `file ${path}`,
        detail: reason,
        file: { before, after },
        tasks: [writeTask({ path, mode, owner, content: after })],
        activate: [],
      },
    ];
  });
}

function planRules(cluster: Cluster, { node, facts }: SeenHost): HostChange[] {
  const wanted = ufwRules(cluster, node);
  const current = rulesOf(facts);
  const edits = ufwEdits(current, wanted);
  if (edits.length === 0) return [];
  const count = (verb: string) =>
    edits.filter((words) => (verb === 'delete') === words.includes('delete')).length;
  return [
    {
      action: 'change',
      where: node.alias,
      what: 'firewall rules',
      detail: `${count('add')} added or moved, ${count('delete')} removed`,
      file: {
        before: ruleText(current, wanted),
        after: wanted.map((rule) => `${ufwCommand(rule)}\n`).join(''),
      },
      tasks: edits.map((words) => runTask(['ufw', ...words])),
      activate: [],
    },
  ];
}

/** Ours as they are, each in the words of the wanted one that it is, so that a diff shows what differs. */
function ruleText({ v4, v6 }: Rules, wanted: readonly Parameters<typeof ufwCommand>[0][]): string {
  const families = byFamily(wanted);
  const known = new Map([...families.v4, ...families.v6].map((rule) => [listed(rule).key, ufwCommand(rule)]));
  return [...v4, ...v6]
    .filter(isOurs)
    .map((row) => `${known.get(row.key) ?? foreignText(row)}\n`)
    .join('');
}

function enabling(where: string): HostChange {
  return {
    action: 'start',
    where,
    what: 'firewall',
    detail: 'ufw enable; undone by the host itself if nobody can log in afterwards',
    tasks: [runTask(['ufw', '--force', 'enable'])],
    activate: [],
  };
}

function reloading(where: string, detail: string): HostChange {
  return {
    action: 'restart',
    where,
    what: 'firewall',
    detail,
    tasks: [runTask(['ufw', 'reload'])],
    activate: [],
  };
}

/** Whether the kernel holds as many rules in each chain as the files say. */
function isLoaded(facts: HostFacts): boolean {
  const lines = (name: keyof typeof CHAINS) => facts.commands[name]?.stdout.match(/^-A /gm)?.length ?? 0;
  const inFiles = new Map(
    Object.values(USER_RULES).flatMap((path) => [...loadedCounts(facts.files[path]?.content ?? '')]),
  );
  const block = (path: string, table: string) => {
    const text = facts.files[path]?.content ?? '';
    const part = new RegExp(`^\\*${table}$[^]*?^COMMIT$`, 'm').exec(text)?.[0] ?? '';
    return part.match(/^-A honeydue /gm)?.length ?? 0;
  };
  const [before4, before6] = BEFORE_RULES;
  return (
    (['ufw-user-input', 'ufw-user-forward', 'ufw6-user-input', 'ufw6-user-forward'] as const).every(
      (chain) => lines(chain) === (inFiles.get(chain) ?? 0),
    ) &&
    lines('raw') === block(before4, 'raw') &&
    lines('mangle') === block(before4, 'mangle') &&
    lines('mangle6') === block(before6, 'mangle')
  );
}
