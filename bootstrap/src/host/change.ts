import type { HostFile } from '../../../config/hosts/host-file.ts';
import type { Change } from '../frame/step.ts';
import type { HostFacts } from './facts.ts';
import { type HostTask, runTask, writeTask } from './task.ts';

/** A change on one host: `where` is its alias. */
export interface HostChange extends Change {
  readonly tasks: readonly HostTask[];
  /** What makes it take effect, once for all changes that ask for the same, after all tasks. */
  readonly activate: readonly HostTask[];
}

/** The tasks of several changes of one host, in order, each that makes something take effect only once. */
export function tasksOf(changes: readonly HostChange[]): HostTask[] {
  const last = new Map(
    changes.flatMap((change) => change.activate).map((task) => [JSON.stringify(task), task]),
  );
  return [...changes.flatMap((change) => change.tasks), ...last.values()];
}

/** Writes the file unless it is there as it should be. */
export function planFile(where: string, file: HostFile, facts: HostFacts): HostChange[] {
  const { path, mode, owner, content, activate = [] } = file;
  const seen = facts.files[path];
  const before = seen?.content ?? '';
  const sameRights = seen?.mode === mode && seen?.owner === owner;
  if (seen && before === content && sameRights) return [];
  const rights = seen && !sameRights ? `${seen.mode} ${seen.owner} becomes ${mode} ${owner}` : '';
  return [
    {
      action: seen ? 'change' : 'create',
      where,
      what: `file ${path}`,
      detail: rights || file.reason,
      ...(before === content ? {} : { file: { before, after: content } }),
      tasks: [writeTask(file)],
      activate: activate.map((words) => runTask(words)),
    },
  ];
}
