import { checkLabels } from '../api/labels.ts';
import { requireUniqueName } from './lookup.ts';

interface Named {
  readonly id: number;
  name: string;
  labels: Record<string, string>;
}

/**
 * What an update of any kind of resource may carry: a name that no other has, and labels, which replace all old ones.
 * @param record the one of `records` that is updated
 */
export function applyNameAndLabels(
  records: readonly Named[],
  record: Named,
  { name, labels }: { name?: string; labels?: Record<string, string> },
  kind: string,
): void {
  if (name !== undefined) {
    requireUniqueName(records, name, kind, record.id);
    record.name = name;
  }
  if (labels) record.labels = checkLabels(labels);
}
