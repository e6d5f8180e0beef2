import { waitFor } from '../lab.ts';
import type { Site } from './site.ts';

export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly ready: boolean;
  /** Being deleted. */
  readonly leaving: boolean;
  readonly restarts: number;
  readonly image: string;
}

interface RawPod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

/** Pods of a workload, in order of their names. */
export async function podsOf(site: Site, workload: string): Promise<Pod[]> {
  const namespace = workload === 'traefik' ? 'traefik' : 'honeydue';
  const words = `-n ${namespace} get pods -l app.kubernetes.io/name=${workload} -o json`;
  const { items } = JSON.parse(await site.kubectl(words)) as { items: readonly RawPod[] };
  return items.map(podOf).sort((a, b) => a.name.localeCompare(b.name));
}

function podOf({ metadata, spec, status }: RawPod): Pod {
  return {
    name: metadata.name,
    uid: metadata.uid,
    node: spec.nodeName ?? '',
    ready: status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    leaving: metadata.deletionTimestamp !== undefined,
    restarts: status.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0,
    image: spec.containers[0]?.image ?? '',
  };
}

/** The one pod of a workload that is neither leaving nor unready. @throws LabError after two minutes */
export function theReadyPod(site: Site, workload: string): Promise<Pod> {
  return waitFor(
    `one ready pod of ${workload}`,
    async () => {
      const ready = (await podsOf(site, workload)).filter((pod) => pod.ready && !pod.leaving);
      return ready.length === 1 ? ready[0] : undefined;
    },
    { timeoutMs: 120_000, intervalMs: 1_000 },
  );
}

/** Waits until no pod of a workload is leaving. */
export async function settled(site: Site, workload: string): Promise<Pod[]> {
  return waitFor(
    `pods of ${workload} to be ready and the old ones to be gone`,
    async () => {
      const pods = await podsOf(site, workload);
      return pods.length > 0 && pods.every((pod) => pod.ready && !pod.leaving) ? pods : undefined;
    },
    { timeoutMs: 300_000, intervalMs: 1_000 },
  );
}
