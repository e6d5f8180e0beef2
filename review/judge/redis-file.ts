import type { Manifest } from '../../synth/render.ts';
import { type Effect, effect } from '../impact.ts';
import type { Edit } from './judge.ts';

/** Settings of Redis that keep what it was given: the queue lives there and nowhere else. */
const KEEPS: Readonly<Record<string, { readonly safe: readonly string[]; readonly otherwise: string }>> = {
  appendonly: { safe: ['yes'], otherwise: 'writes no longer go to disk' },
  appendfsync: { safe: ['always', 'everysec'], otherwise: 'a crash loses more than the last second' },
  'aof-load-truncated': {
    safe: ['yes'],
    otherwise: 'Redis does not start after a crash that tore its last write',
  },
  'maxmemory-policy': { safe: ['noeviction'], otherwise: 'queued jobs are dropped when memory is full' },
};

export function redisFile({ before, after }: Edit): Effect[] {
  const [old, next] = [directives(before), directives(after)];
  const effects = Object.entries(KEEPS)
    .filter(([name, { safe }]) => safe.includes(old.get(name) ?? '') && !safe.includes(next.get(name) ?? ''))
    .map(([name, { otherwise }]) =>
      effect('loses data', `${name} ${next.get(name) ?? 'is not set'}: ${otherwise}`),
    );
  const folder = old.get('dir');
  return folder === undefined || folder === next.get('dir')
    ? effects
    : [
        ...effects,
        effect('loses data', `Redis looks in ${next.get('dir') ?? 'another folder'}: it starts empty`),
      ];
}

/** The first word of each line, and the rest. */
function directives(object: Manifest): Map<string, string> {
  const text = (object.data as Readonly<Record<string, string>> | undefined)?.['redis.conf'] ?? '';
  return new Map(
    text.split('\n').map((line) => {
      const [name = '', ...value] = line.trim().split(/\s+/);
      return [name.toLowerCase(), value.join(' ')];
    }),
  );
}
