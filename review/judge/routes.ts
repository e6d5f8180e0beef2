import type { Step } from '../compare/path.ts';
import type { Change } from '../compare/values.ts';
import { type Effect, effect } from '../impact.ts';
import type { Edit } from './judge.ts';
import { some } from './list-text.ts';

/** Traefik's files: which requests go where, and what they pass on the way. */
export function routes({ changes }: Edit): Effect[] {
  const inFiles = changes.filter(({ path }) => path[0] === 'data');
  if (inFiles.length === 0) return [];
  return [
    ...inFiles.flatMap(widening),
    effect('changes traffic', `what changes: ${some(subjects(inFiles))}`),
  ];
}

const isStep = (step: Step | undefined, name: string) => step === name;

function widening({ path, before, after }: Change): Effect[] {
  const [, file, section, group, name, field] = path;
  if (before === undefined) return [];
  if (String(file).endsWith('.pem'))
    return [effect('widens access', `${file} is another: other certificates are let in`)];
  if (isStep(section, 'tls') && isStep(group, 'options')) return weakerTLS(name, field, before, after);
  if (isStep(group, 'routers') && isStep(field, 'middlewares')) return passedNoMore(name, before, after);
  if (isStep(group, 'middlewares') && isStep(field, 'basicAuth'))
    return [effect('widens access', `who may pass ${String(name)} changes`)];
  return [];
}

/** Only what is stricter than before is no way in. */
function weakerTLS(
  name: Step | undefined,
  field: Step | undefined,
  before: unknown,
  after: unknown,
): Effect[] {
  if (isStep(field, 'minVersion') && String(after) > String(before)) return [];
  if (isStep(field, 'sniStrict') && after === true) return [];
  return [
    effect(
      'widens access',
      `TLS options ${String(name)} are weaker, or differ: ${String(field ?? 'all of them')}`,
    ),
  ];
}

function passedNoMore(router: Step | undefined, before: unknown, after: unknown): Effect[] {
  const names = (value: unknown) =>
    Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];
  const gone = names(before).filter((name) => !names(after).includes(name));
  return gone.length === 0
    ? []
    : [effect('widens access', `requests of router ${String(router)} no longer pass ${some(gone)}`)];
}

/** `router api`, `middleware rate-limit`: the things that the changes are about. */
function subjects(changes: readonly Change[]): string[] {
  const names = changes.map(({ path }) => {
    const [, file, section, group, name] = path;
    if (typeof name === 'string') return `${String(group).replace(/s$/, '')} ${name}`;
    return [section, group].filter((step) => typeof step === 'string').join(' ') || String(file);
  });
  return [...new Set(names)];
}
