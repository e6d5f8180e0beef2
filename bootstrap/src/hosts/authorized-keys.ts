import { loginUser } from '../../../config/hosts/login.ts';
import type { Change } from '../frame/step.ts';
import type { HostChange } from '../host/change.ts';
import type { HostFacts } from '../host/facts.ts';
import { runTask, writeTask } from '../host/task.ts';

const HOME = `/home/${loginUser}`;
const OWNER = `${loginUser}:${loginUser}`;

export const AUTHORIZED_KEYS = `${HOME}/.ssh/authorized_keys`;

// A run that was cut off may add it between this run's look and its change.
const ADD_USER = `id -u ${loginUser} >/dev/null 2>&1 || useradd --create-home --shell /bin/bash ${loginUser}`;

/** Who may log in. */
export interface Operators {
  /** The public key of whoever provisions now. */
  readonly own: string;
  /** Everybody, as cluster.yaml lists them; undefined when it lists nobody. */
  readonly listed: readonly string[] | undefined;
}

/** The account, and its keys: exactly those listed, or at least the operator's own. */
export function planAccount(
  where: string,
  { own, listed }: Operators,
  facts: HostFacts,
): { readonly changes: HostChange[]; readonly problems: string[]; readonly notes: string[] } {
  if (listed && !listed.some((key) => sameKey(key, own))) {
    return {
      changes: [],
      notes: [],
      problems: [
        `Your own key (${nameOf(own)}) is not in operators of cluster.yaml, so this run would shut you out of ${where}. Add it, or set HONEYDUE_SSH_KEY to one that is.`,
      ],
    };
  }
  const user: HostChange = {
    action: 'create',
    where,
    what: `user ${loginUser}`,
    detail: 'the one account that logs in',
    tasks: [runTask(['sh', '-c', ADD_USER])],
    activate: [],
  };
  const before = facts.files[AUTHORIZED_KEYS]?.content ?? '';
  const present = linesOf(before);
  const wanted = listed ?? (present.some((key) => sameKey(key, own)) ? present : [...present, own]);
  const others = listed ? [] : present.filter((key) => !sameKey(key, own));
  return {
    changes: [...(facts.users[loginUser] ? [] : [user]), ...planKeys(where, before, wanted, facts)],
    problems: [],
    notes: others.map(
      (key) =>
        `${where}: ${nameOf(key)} may log in too. List everybody under operators in cluster.yaml to make that exact.`,
    ),
  };
}

function planKeys(where: string, before: string, wanted: readonly string[], facts: HostFacts): HostChange[] {
  const seen = facts.files[AUTHORIZED_KEYS];
  const sameKeys = JSON.stringify(linesOf(before)) === JSON.stringify(wanted);
  if (seen && sameKeys && seen.mode === '0600' && seen.owner === OWNER) return [];
  const after = sameKeys ? before : `${wanted.join('\n')}\n`;
  const change: Pick<Change, 'action' | 'what'> = {
    action: seen ? 'change' : 'create',
    what: `file ${AUTHORIZED_KEYS}`,
  };
  return [
    {
      ...change,
      where,
      detail: wanted.map(nameOf).join(', '),
      ...(before === after ? {} : { file: { before, after } }),
      tasks: [
        { kind: 'folder', path: `${HOME}/.ssh`, mode: '0700', owner: OWNER },
        writeTask({ path: AUTHORIZED_KEYS, mode: '0600', owner: OWNER, content: after }),
      ],
      activate: [],
    },
  ];
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Two lines with one key, whatever their comments. */
function sameKey(a: string, b: string): boolean {
  const body = (line: string) => /(?:^|\s)(?:ssh-|ecdsa-|sk-)\S+\s+(\S+)/.exec(line)?.[1];
  return body(a) !== undefined && body(a) === body(b);
}

/** Its comment, or the end of the key itself. */
function nameOf(key: string): string {
  const [, body = '', comment = ''] = /(?:^|\s)(?:ssh-|ecdsa-|sk-)\S+\s+(\S+)\s*(.*)$/.exec(key) ?? [];
  return comment || `the key that ends in ${body.slice(-8)}`;
}
