import { hostname, userInfo } from 'node:os';
import { namespaces } from '../../../../config/names.ts';
import type { KubectlCall } from '../kubectl.ts';
import { applyObjects, managers } from '../kubectl-calls.ts';
import type { KubeObject, ObjectRef } from '../object.ts';
import type { Commit } from './commit.ts';

/** One application of dist/, as the cluster remembers it. */
export interface Deploy {
  /** ISO time of its beginning. */
  readonly at: string;
  /** `user@workstation` */
  readonly by: string;
  /** Of the sources that dist/ was read from; not there outside git. */
  readonly commit?: Commit;
  /** What it made, changed or deleted. */
  readonly objects: readonly string[];
  /** The revision that each changed workload had before: where --undo goes back to. */
  readonly revisions: Readonly<Record<string, number>>;
}

export const RECORD: ObjectRef = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'honeydue-deploys', namespace: namespaces.app },
};

/** As many are remembered; an object holds 1 MB at most. */
const MOST = 20;

export function deploysIn(objects: readonly KubeObject[]): Deploy[] {
  const { kind, metadata } = RECORD;
  const found = objects.find((one) => one.kind === kind && one.metadata.name === metadata.name);
  const { deploys = '[]' } = (found?.data ?? {}) as { readonly deploys?: string };
  return JSON.parse(deploys) as Deploy[];
}

/** Written before anything is applied, so that --undo knows the way back however the deployment ends. */
export function writeDeploys(deploys: readonly Deploy[]): KubectlCall {
  const object = {
    ...RECORD,
    metadata: {
      ...RECORD.metadata,
      labels: { 'app.kubernetes.io/part-of': 'honeydue', 'app.kubernetes.io/managed-by': 'bootstrap' },
    },
    data: { deploys: JSON.stringify(deploys.slice(0, MOST), null, 1) },
  };
  return applyObjects(JSON.stringify(object), managers.record);
}

export function operator(): string {
  return `${userInfo().username}@${hostname()}`;
}
