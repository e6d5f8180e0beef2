import { endOfLife, k3sRelease } from '../../../config/k3s-releases.ts';
import type { Cluster } from '../../../config/schema.ts';
import { type Finding, fine, note, together } from './finding.ts';

/** Days before the end of a minor from which on it is said: an upgrade of three servers wants a quiet evening. */
const SOON = 60;

/** What there is to know of the release of k3s: how long it is mended, and what vouches for its binary. */
export function releaseFinding(cluster: Cluster, now: number): Finding {
  return together(endFinding(cluster.k3s.version, now), checksumFinding(cluster));
}

function endFinding(version: string, now: number): Finding {
  const end = endOfLife(version, now);
  if (end === undefined) {
    return note(
      `When the minor of k3s ${version} ends is not known here; see https://kubernetes.io/releases/.`,
    );
  }
  const { minor, date, daysLeft } = end;
  const next = 'Plan the move to a later minor, one minor at a time: k3s.version in cluster.yaml.';
  if (daysLeft < 0) {
    return note(`Kubernetes ${minor} ended on ${date}: no more fixes, also of security faults. ${next}`);
  }
  return daysLeft <= SOON ? note(`Kubernetes ${minor} ends on ${date}, in ${daysLeft} days. ${next}`) : fine;
}

function checksumFinding(cluster: Cluster): Finding {
  const { sha256, checksums } = k3sRelease(cluster);
  if (sha256 !== undefined) return fine;
  return note(
    `k3s.sha256 is not in cluster.yaml: the binary is checked against ${checksums}, as it comes by TLS. To pin it, copy the line of k3s from there.`,
  );
}
