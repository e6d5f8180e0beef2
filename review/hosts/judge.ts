import { k3sPaths } from '../../config/hosts/k3s-paths.ts';
import { k3sStartFiles } from '../../config/hosts/k3s-unit.ts';
import { type Effect, effect } from '../impact.ts';
import type { HostSection } from '../state/host-text.ts';
import type { SectionEdit } from './compare.ts';
import { firewall } from './firewall.ts';
import { admission, k3sConfig, k3sRelease, restarts, sysctl } from './k3s.ts';
import { sshd } from './sshd.ts';

type Judge = (edit: SectionEdit, before: HostSection, after: HostSection) => Effect[];

const always =
  (...effects: readonly Effect[]): Judge =>
  () => [...effects];
const restart = always(restarts);
/** A service that is reloaded, and nothing else. */
const reload = (text: string) => always(effect('config only', text));

/** Sections by the beginning of their names, which are those that config/hosts/ gives them. */
const SECTIONS: readonly (readonly [start: string, judge: Judge])[] = [
  ['firewall rules', (_, before, after) => firewall(before, after)],
  ['top of /etc/ufw/', rawRules],
  ['/etc/default/ufw', ufwDefaults],
  ['keys that log in', keys],
  ['/etc/sudoers.d/', always(effect('widens access', 'who may do what as root changes'))],
  ['/etc/ssh/', (_, before, after) => sshd(before, after)],
  ['folders', always(effect('config only', 'folders are made as listed'))],
  ['k3s release', (_, before, after) => k3sRelease(before.lines[0] ?? '', after.lines[0] ?? '')],
  [k3sPaths.config, ({ changes }) => k3sConfig(changes)],
  [k3sPaths.registries, registries],
  [k3sPaths.admission, ({ changes }) => admission(changes)],
  ...k3sStartFiles.map((path) => [path, restart] as const),
  ['/etc/sysctl.d/', ({ changes }) => sysctl(changes)],
  ['/etc/apt/', unattendedUpgrades],
  ['/etc/systemd/system/apt-daily', reload('updates are fetched and installed at other times')],
  ['/etc/fail2ban/', reload('who guesses at ssh is shut out by other rules')],
  ['/etc/systemd/', reload('the service reads it anew')],
  ['/etc/tmpfiles.d/', reload('set at once')],
  ['/etc/needrestart/', reload('counts at the next upgrade of a package')],
];

/** What follows from an edit of a host's text. */
export function judgeSection(edit: SectionEdit): Effect[] {
  const judge = SECTIONS.find(([start]) => edit.name.startsWith(start))?.[1];
  if (judge === undefined)
    return [effect('interrupts', 'what this part of a host does is not known here: judge it yourself')];
  const nothing: HostSection = { name: edit.name, reason: '', lines: [] };
  const [before, after] = [edit.before ?? nothing, edit.after ?? nothing];
  // A reworded reason is for readers only.
  const onlyWords = edit.changes.every(({ path }) => path[0] === 'reason');
  return onlyWords ? [] : [...rights(before, after), ...judge(edit, before, after)];
}

/** True for what changes nothing on a host: the reasons, and the remarks between firewall rules. */
export function isRemark(
  { name }: SectionEdit,
  { path, before, after }: SectionEdit['changes'][number],
): boolean {
  const remark = (value: unknown) => value === undefined || /^(#.*)?$/.test(String(value));
  return path[0] === 'reason' || (name === 'firewall rules' && remark(before) && remark(after));
}

/** Who may read a file, digit by digit of its mode. */
function rights(before: HostSection, after: HostSection): Effect[] {
  const digits = ({ rights = '' }: HostSection) => [...rights.slice(1, 4)].map(Number);
  const [old, next] = [digits(before), digits(after)];
  const wider = old.some((digit, i) => ((next[i] ?? 0) & ~digit) !== 0);
  return wider ? [effect('widens access', `more users of the host may use the file: ${after.rights}`)] : [];
}

/** Rules that drop what strangers address to pods and Services, ahead of UFW. */
function rawRules({ changes }: SectionEdit): Effect[] {
  return changes.some(({ before }) => before !== undefined)
    ? [effect('widens access', 'packets from outside may pass that were dropped')]
    : [effect('changes traffic', 'more packets from outside are dropped')];
}

/** Lines that UFW starts with: what is neither allowed nor refused by a rule. */
const CLOSED = /^(DEFAULT_(INPUT|FORWARD)_POLICY="(DROP|REJECT)"|IPV6=yes)$/;

function ufwDefaults(_: SectionEdit, before: HostSection, after: HostSection): Effect[] {
  const lost = before.lines.filter((line) => CLOSED.test(line) && !after.lines.includes(line));
  return lost.length > 0
    ? [effect('widens access', `no longer so: ${lost.join(', ')}`)]
    : [effect('changes traffic', 'what happens to traffic that no rule is about changes')];
}

function keys(_: SectionEdit, before: HostSection, after: HostSection): Effect[] {
  const nameOf = (line: string) => line.split(' ').slice(2).join(' ') || `${line.slice(0, 30)}…`;
  const came = after.lines.filter((line) => !before.lines.includes(line));
  const gone = before.lines.filter((line) => !after.lines.includes(line));
  return [
    ...came.map((line) => effect('widens access', `${nameOf(line)} may log in`)),
    ...gone.map((line) => effect('config only', `${nameOf(line)} no longer logs in`)),
  ];
}

function registries({ changes }: SectionEdit): Effect[] {
  const unsafe = changes.some(({ path, after }) => path.at(-1) === 'insecure_skip_verify' && after === true);
  return [...(unsafe ? [effect('widens access', 'anybody may stand in for the registry')] : []), restarts];
}

function unattendedUpgrades(_: SectionEdit, before: HostSection, after: HostSection): Effect[] {
  const reboots = ({ lines }: HostSection) => lines.some((line) => /Automatic-Reboot "true"/.test(line));
  return reboots(after) && !reboots(before)
    ? [effect('interrupts', 'servers reboot by themselves after updates, without a drain')]
    : [effect('config only', 'updates install by other rules')];
}
