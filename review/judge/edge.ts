import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import { containersOf, templateOf } from '../objects/find.ts';
import type { Edit } from './judge.ts';
import { some } from './list-text.ts';

/** Pods on the network of their node, which is Traefik: where they listen, and whom their arguments trust. */
export function edge({ before, after }: Edit): Effect[] {
  if (templateOf(after)?.spec.hostNetwork !== true) return [];
  return [...listens(before, after), ...argumentsOf(before, after)];
}

function listens(before: Manifest, after: Manifest): Effect[] {
  const ports = (object: Manifest) => {
    const template = templateOf(object);
    const all = template === undefined ? [] : containersOf(template).flatMap(({ ports = [] }) => ports);
    return all.map(({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`);
  };
  const [old, next] = [ports(before), ports(after)];
  const opens = next.filter((port) => !old.includes(port));
  const closes = old.filter((port) => !next.includes(port));
  // Cloudflare's SSL mode is changed by hand, and cannot follow in the same moment.
  const moves =
    opens.length > 0
      ? ': visitors meet a closed port until Cloudflare asks the other; edge.tls: both first spares them that'
      : '';
  return [
    ...(opens.length > 0
      ? [effect('changes traffic', `listens on port ${opens.join(', ')} of its nodes`)]
      : []),
    ...(closes.length > 0
      ? [effect('changes traffic', `no longer listens on port ${closes.join(', ')}${moves}`)]
      : []),
  ];
}

/** Traefik's arguments that say whose word counts. */
const TRUSTED = /\.trustedips$/i;
const MIDDLEWARES = /\.middlewares$/i;
const OPEN = /(^--api(\.(insecure|dashboard|debug))?|\.insecure)$/i;

function argumentsOf(before: Manifest, after: Manifest): Effect[] {
  const [old, next] = [flagsOf(before), flagsOf(after)];
  const names = [...new Set([...old.keys(), ...next.keys()])].filter(
    (name) => old.get(name) !== next.get(name),
  );
  const effects = names.flatMap((name) => judged(name, old.get(name), next.get(name)));
  const routed = names.some((name) => /^--(entrypoints|providers)\./i.test(name));
  return routed
    ? [...effects, effect('changes traffic', 'how its entry points take requests changes')]
    : effects;
}

function judged(name: string, old: string | undefined, next: string | undefined): Effect[] {
  const [before, after] = [listOf(old), listOf(next)];
  const came = after.filter((word) => !before.includes(word));
  const went = before.filter((word) => !after.includes(word));
  if (TRUSTED.test(name) && came.length > 0)
    return [effect('widens access', `believes what ${some(came)} says about a client's address`)];
  if (MIDDLEWARES.test(name) && went.length > 0)
    return [effect('widens access', `requests no longer pass ${some(went)}`)];
  if (OPEN.test(name) && next !== undefined && next !== 'false')
    return [effect('widens access', `${name} is on`)];
  return [];
}

const listOf = (value: string | undefined) => (value === undefined || value === '' ? [] : value.split(','));

/** `--name=value` of every container. */
function flagsOf(object: Manifest): Map<string, string> {
  const template = templateOf(object);
  const args = template === undefined ? [] : containersOf(template).flatMap(({ args = [] }) => args);
  return new Map(
    args.map((arg) => {
      const [name = '', ...value] = arg.split('=');
      return [name, value.join('=')];
    }),
  );
}
