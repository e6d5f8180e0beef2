import { pathText } from './compare/path.ts';
import { difference, type Entry, entry } from './entry.ts';
import { compareHost, type SectionEdit } from './hosts/compare.ts';
import { isRemark, judgeSection } from './hosts/judge.ts';
import { effect } from './impact.ts';
import type { Host } from './state/host-text.ts';

/** Every part of a host that differs, and hosts that come and go. */
export function hostEntries(before: readonly Host[], after: readonly Host[]): Entry[] {
  const old = new Map(before.map((host) => [host.alias, host]));
  const next = new Map(after.map((host) => [host.alias, host]));
  return [...new Set([...next.keys(), ...old.keys()])].flatMap((alias) => {
    const [was, is] = [old.get(alias), next.get(alias)];
    if (was && is) return [...renamed(was, is), ...compareHost(was, is).map(sectionEntry)];
    return [is ? newHost(is) : lostHost(alias)];
  });
}

const about = (host: string, subject: string, change: Entry['change']) => ({
  subject,
  host,
  file: `hosts/${host}.txt`,
  change,
});

function sectionEntry(edit: SectionEdit): Entry {
  const differences = edit.changes.map((change) =>
    difference(pathText(change.path), change.before, change.after, isRemark(edit, change) ? true : undefined),
  );
  const seen = differences.some(({ unseen }) => !unseen);
  const change = edit.before === undefined ? 'added' : edit.after === undefined ? 'removed' : 'changed';
  const effects = seen ? judgeSection(edit) : [];
  return entry(about(edit.host, edit.name, change), effects, differences, seen ? 'config only' : 'no effect');
}

function newHost({ alias, hostname }: Host): Entry {
  const joins = effect('config only', 'provisioning makes it a server of the cluster');
  return entry(
    about(alias, 'server', 'added'),
    [joins],
    [{ path: 'hostname', after: hostname }],
    'config only',
  );
}

function lostHost(alias: string): Entry {
  const stays = effect(
    'interrupts',
    'it is described no longer, and nothing takes it out of the cluster',
    'drain it, remove its Node, which makes etcd drop its vote, then switch it off',
  );
  return entry(
    about(alias, 'server', 'removed'),
    [stays],
    [{ path: 'hostname', before: alias }],
    'interrupts',
  );
}

function renamed(before: Host, after: Host): Entry[] {
  if (before.hostname === after.hostname) return [];
  const refused = effect(
    'refused by the API',
    'a server keeps its name: node certificates and etcd know it by that',
    'replace the server by one of the other name',
  );
  const names = { path: 'hostname', before: before.hostname, after: after.hostname };
  return [entry(about(after.alias, 'server', 'changed'), [refused], [names], 'refused by the API')];
}
