import { type Effect, effect } from '../impact.ts';
import { some } from '../judge/list-text.ts';
import { covers as cidrCovers, overlap } from '../networks.ts';
import type { HostSection } from '../state/host-text.ts';

/** A rule of UFW as dist/hosts/ writes it: `ufw [route] allow|deny [in on I] [out on O] from F [to T] [port P proto X]`. */
interface Rule {
  readonly text: string;
  readonly deny: boolean;
  readonly routed: boolean;
  readonly in?: string;
  readonly out?: string;
  readonly from: string;
  readonly to?: string;
  readonly protocol?: string;
  /** Both ends included; none means every port. */
  readonly ports: readonly (readonly [number, number])[];
}

const RULE =
  /^ufw (route )?(allow|deny)(?: in on (\S+))?(?: out on (\S+))? from (\S+)(?: to (\S+))?(?: port (\S+) proto (\S+))?/;

/** What the firewall of a host lets in or refuses that it did not before. The first rule that fits decides. */
export function firewall(before: HostSection, after: HostSection): Effect[] {
  const [old, next] = [rulesOf(before), rulesOf(after)];
  const gone = old.filter(({ text }) => !next.some((rule) => rule.text === text));
  const came = next.filter(({ text }) => !old.some((rule) => rule.text === text));
  return [
    ...grouped(
      'widens access',
      'opens',
      came.filter((rule) => !rule.deny && !allowed(rule, old)),
    ),
    ...grouped(
      'widens access',
      'no longer refuses',
      gone.filter(({ deny }) => deny),
    ),
    ...closed(
      gone.filter((rule) => !rule.deny && !allowed(rule, next)),
      next,
    ),
    ...grouped(
      'changes traffic',
      'refuses',
      came.filter(({ deny }) => deny),
    ),
    ...reordered(old, next),
  ];
}

/** The rules of a section; a line that is none is a remark. */
function rulesOf({ lines }: HostSection): Rule[] {
  return lines.flatMap((text) => {
    const [match, routed, action, into, out, from, to, ports, protocol] = RULE.exec(text) ?? [];
    if (match === undefined || from === undefined) return [];
    return [
      {
        // Without its comment: that is the name by which the rule is known, not what it does.
        text: match,
        deny: action === 'deny',
        routed: routed !== undefined,
        from,
        ...(into !== undefined && { in: into }),
        ...(out !== undefined && { out }),
        ...(to !== undefined && to !== 'any' && { to }),
        ...(protocol !== undefined && { protocol }),
        ports: (ports?.split(',') ?? []).map(range),
      },
    ];
  });
}

function range(text: string): readonly [number, number] {
  const [first = 0, last = first] = text.split(':').map(Number);
  return [first, last];
}

/** True when these rules already let all of it through, before one refuses any of it. */
function allowed(rule: Rule, rules: readonly Rule[]): boolean {
  for (const other of rules) {
    if (other.deny && meets(other, rule)) return false;
    if (!other.deny && holds(other, rule)) return true;
  }
  return false;
}

/** True when `a` fits every packet that `b` fits. */
function holds(a: Rule, b: Rule): boolean {
  return (
    a.routed === b.routed &&
    (a.in ?? b.in) === b.in &&
    (a.out ?? b.out) === b.out &&
    (a.protocol ?? b.protocol) === b.protocol &&
    cidrCovers(a.from, b.from) &&
    (a.to === undefined || (b.to !== undefined && cidrCovers(a.to, b.to))) &&
    (a.ports.length === 0 ||
      (b.ports.length > 0 &&
        b.ports.every(([first, last]) => a.ports.some(([from, to]) => from <= first && last <= to))))
  );
}

/** True when some packet fits both. */
function meets(a: Rule, b: Rule): boolean {
  const alike = <T>(x: T | undefined, y: T | undefined) => x === undefined || y === undefined || x === y;
  return (
    a.routed === b.routed &&
    alike(a.in, b.in) &&
    alike(a.out, b.out) &&
    alike(a.protocol, b.protocol) &&
    overlap(a.from, b.from) &&
    (a.to === undefined || b.to === undefined || overlap(a.to, b.to)) &&
    (a.ports.length === 0 ||
      b.ports.length === 0 ||
      a.ports.some(([from, to]) => b.ports.some(([first, last]) => from <= last && first <= to)))
  );
}

/** One sentence for each port, with all that it is opened to or closed for. */
function grouped(
  impact: 'widens access' | 'changes traffic',
  verb: string,
  rules: readonly Rule[],
): Effect[] {
  const groups = new Map<string, string[]>();
  for (const rule of rules) groups.set(doorText(rule), [...(groups.get(doorText(rule)) ?? []), rule.from]);
  return [...groups].map(([door, sources]) =>
    effect(impact, `${verb} ${door} ${verb === 'opens' ? 'to' : 'for'} ${some(sources)}`),
  );
}

/** What is closed, and who may still come in by the same door: an operator looks for his own address there. */
function closed(rules: readonly Rule[], next: readonly Rule[]): Effect[] {
  return grouped('changes traffic', 'closes', rules).map((closing, i) => {
    const door = [...new Set(rules.map(doorText))][i];
    const left = next.filter((rule) => !rule.deny && doorText(rule) === door).map(({ from }) => from);
    return left.length === 0
      ? closing
      : { ...closing, text: `${closing.text}; it stays open to ${some(left)}` };
  });
}

function doorText({ routed, ports, protocol, to }: Rule): string {
  const numbers = ports.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(', ');
  const door = numbers === '' ? 'every port' : `port ${numbers}/${protocol}`;
  return routed ? `${door} of ${to ?? 'everything beyond the host'}` : door;
}

/** Order counts as soon as a rule refuses something. */
function reordered(old: readonly Rule[], next: readonly Rule[]): Effect[] {
  const texts = (rules: readonly Rule[], others: readonly Rule[]) =>
    rules.filter(({ text }) => others.some((rule) => rule.text === text)).map(({ text }) => text);
  const [before, after] = [texts(old, next), texts(next, old)];
  if (before.join('\n') === after.join('\n')) return [];
  return next.some(({ deny }) => deny)
    ? [effect('widens access', 'rules are asked in another order, and one that refuses may come too late')]
    : [];
}
