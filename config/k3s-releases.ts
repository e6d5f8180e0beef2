import type { Cluster } from './schema.ts';

/** The releases of k3s' own project. */
const RELEASES = 'https://github.com/k3s-io/k3s/releases/download';

/** Where the release of k3s that cluster.yaml names is found, for hosts with an amd64 processor. */
export interface K3sRelease {
  readonly version: string;
  readonly binary: string;
  /** Checksums of the release, in the format of sha256sum. */
  readonly checksums: string;
  /** Of the binary, when cluster.yaml says it: 64 hex digits. */
  readonly sha256: string | undefined;
}

export function k3sRelease({ k3s }: Pick<Cluster, 'k3s'>): K3sRelease {
  const { version, sha256, releases = RELEASES } = k3s;
  const folder = `${releases}/${encodeURIComponent(version)}`;
  return { version, binary: `${folder}/k3s`, checksums: `${folder}/sha256sum-amd64.txt`, sha256 };
}

/** When Kubernetes ends a minor: no more fixes, also of security faults. From https://kubernetes.io/releases/. */
const END_OF_LIFE: Readonly<Record<string, string>> = {
  '1.34': '2026-10-27',
  '1.35': '2027-02-28',
  '1.36': '2027-06-28',
};

export interface EndOfLife {
  /** Such as 1.34. */
  readonly minor: string;
  /** ISO date of the last day. */
  readonly date: string;
  /** Whole days until that day is over; negative when it is past. */
  readonly daysLeft: number;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * When the minor of a release of k3s ends.
 * @param now milliseconds since the epoch
 * @returns undefined for a minor that this project does not know
 */
export function endOfLife(version: string, now: number): EndOfLife | undefined {
  const minor = /^v(\d+\.\d+)\./.exec(version)?.[1] ?? '';
  const date = END_OF_LIFE[minor];
  if (date === undefined) return undefined;
  return { minor, date, daysLeft: Math.floor((Date.parse(date) + DAY - now) / DAY) };
}
