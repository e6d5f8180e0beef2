import { annotationDomain } from '../../../../config/names.ts';

/** When a value last changed: an ISO time. */
export const LAST_ROTATED = `${annotationDomain}/last-rotated`;

/**
 * Workloads that still run with the values from before, by their names with commas. It is written together with the values
 * and removed when they have been restarted, so that a run that is cut off in between is continued by the next.
 */
export const RESTART_PENDING = `${annotationDomain}/restart-pending`;
