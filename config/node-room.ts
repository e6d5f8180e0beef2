/** What the scheduler counts. */
export const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const;
export type Resource = (typeof RESOURCES)[number];

/**
 * What a cx33 (4 vCPU, 8 GB, 80 GB) has for pods of this project, in cores and bytes. Taken off: about 1 core and 2 GiB
 * for the system, k3s with etcd, CoreDNS, local-path and metrics-server; half of the disk for the system, images and
 * Redis' volume.
 */
export const NODE_ROOM: Readonly<Record<Resource, number>> = {
  cpu: 3,
  memory: 5.4 * 2 ** 30,
  'ephemeral-storage': 40 * 2 ** 30,
};
