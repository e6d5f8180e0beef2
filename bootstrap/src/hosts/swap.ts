import type { HostChange } from '../host/change.ts';
import type { HostFacts } from '../host/facts.ts';
import { runTask, writeTask } from '../host/task.ts';

export const FSTAB = '/etc/fstab';

/** Swap off, now and after a reboot (H-8): the kubelet counts on memory being memory. */
export function planSwap(where: string, facts: HostFacts): HostChange[] {
  const fstab = facts.files[FSTAB];
  const before = fstab?.content ?? '';
  const after = before.replace(/^(?!#)(\S+\s+\S+\s+swap\s.*)$/gm, '# honeydue: no swap: $1');
  const changes: HostChange[] = [];
  if (fstab && after !== before) {
    const { mode, owner } = fstab;
    changes.push({
      action: 'change',
      where,
      what: `file ${FSTAB}`,
      detail: 'no swap after a reboot',
      file: { before, after },
      tasks: [writeTask({ path: FSTAB, mode, owner, content: after })],
      activate: [],
    });
  }
  if (facts.swaps.length > 0) {
    changes.push({
      action: 'change',
      where,
      what: 'swap',
      detail: `${facts.swaps.join(', ')} off`,
      tasks: [runTask(['swapoff', '--all'], { deadline: 5 * 60_000 })],
      activate: [],
    });
  }
  return changes;
}
