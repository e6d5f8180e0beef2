import { basename, dirname } from 'node:path';
import { filesIn } from '../../../../review/state/files.ts';
import { commit, filesAt, GitError } from '../../../../review/state/git.ts';
import { type Located, Reader } from '../../../../review/state/manifests.ts';
import { readStates, type State, StateError } from '../../../../review/state/state.ts';
import type { Deploy } from './record.ts';

/** The dist/ that was applied last, beside the one that is to be applied. */
export interface Past {
  readonly last: Deploy;
  readonly base: State;
  readonly head: State;
  /**
   * What any remembered deployment applied and dist/ says no longer. Not only the last one: a run that was cut off
   * before it deleted anything has left a record all the same.
   */
  readonly gone: readonly Located[];
}

/**
 * Reads from git what the remembered deployments applied.
 * @returns why it cannot be known what was applied last
 * @throws StateError when dist/ as it is now cannot be read
 */
export function readPast(dist: string, deploys: readonly Deploy[]): Past | string {
  const reader = new Reader();
  const now = { name: dist, files: filesIn(dist) };
  const { after: head } = readStates({ name: 'nothing', files: new Map() }, now, reader);
  const read = (id: string): State => {
    const [folder, path] = [dirname(dist), basename(dist)];
    const { hash } = commit(folder, id);
    return readStates({ name: `${hash}:${path}`, files: filesAt(folder, hash, path) }, now, reader).before;
  };
  const [last] = deploys;
  if (!last) return 'The cluster remembers no deployment.';
  if (!last.commit) return `The last deployment (${last.at} by ${last.by}) was made outside git.`;
  const base = readable(() => read(last.commit?.id ?? ''));
  if (typeof base === 'string')
    return `The last deployment (${last.at} by ${last.by}) cannot be read: ${base}.`;
  const earlier = new Set(deploys.flatMap((deploy) => deploy.commit?.id ?? []));
  const states = [...earlier]
    .map((id) => readable(() => read(id)))
    .filter((state) => typeof state !== 'string');
  return { last, base, head, gone: goneFrom(states, head) };
}

/** @returns what git or the reader of manifests says is wrong */
function readable(read: () => State): State | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof GitError || error instanceof StateError) return error.message;
    throw error;
  }
}

function goneFrom(states: readonly State[], head: State): Located[] {
  const stays = new Set(head.objects.map(({ key }) => key));
  const gone = states.flatMap(({ objects }) => objects).filter(({ key }) => !stays.has(key));
  return [...new Map(gone.map((located) => [located.key, located])).values()];
}
