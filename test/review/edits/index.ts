import { accessEdits } from './access.ts';
import { clusterEdits } from './cluster-yaml.ts';
import type { EditCase } from './edit.ts';
import { hostEdits } from './hosts.ts';
import { refusedEdits } from './refused.ts';
import { unseenEdits } from './unseen.ts';
import { workloadEdits } from './workloads.ts';

export const allEdits: readonly EditCase[] = [
  ...clusterEdits,
  ...workloadEdits,
  ...accessEdits,
  ...refusedEdits,
  ...unseenEdits,
  ...hostEdits,
];
