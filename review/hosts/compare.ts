import type { Path } from '../compare/path.ts';
import { compareTexts } from '../compare/texts.ts';
import type { Change } from '../compare/values.ts';
import type { Host, HostSection } from '../state/host-text.ts';

/** A section of a host's text that is not the same in both states. */
export interface SectionEdit {
  readonly host: string;
  readonly name: string;
  readonly before?: HostSection;
  readonly after?: HostSection;
  readonly changes: readonly Change[];
}

/** The sections that differ on a host that is in both states. */
export function compareHost(before: Host, after: Host): SectionEdit[] {
  const old = byName(before);
  const next = byName(after);
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), next.get(name)];
    const changes = compareSection(was, is);
    if (changes.length === 0) return [];
    return [{ host: after.alias, name, ...(was && { before: was }), ...(is && { after: is }), changes }];
  });
}

const byName = (host: Host) => new Map(host.sections.map((section) => [section.name, section]));

function compareSection(before: HostSection | undefined, after: HostSection | undefined): Change[] {
  if (before === undefined || after === undefined)
    return [{ path: [], before: before?.lines.join('\n'), after: after?.lines.join('\n') }];
  return [
    ...compareWords(['mode and owner'], before.rights, after.rights),
    ...compareWords(['reason'], before.reason, after.reason),
    ...(before.lines.join('\n') === after.lines.join('\n')
      ? []
      : compareTexts(before.name, before.lines.join('\n'), after.lines.join('\n'))),
  ];
}

const compareWords = (path: Path, before: string | undefined, after: string | undefined): Change[] =>
  before === after ? [] : [{ path, before, after }];
