import { edgeHasTLS } from './edge.ts';
import type { Problem } from './problem.ts';
import { problem, type Rule } from './rule.ts';
import type { Cluster } from './schema.ts';

/** Domains, and what belongs to one edge mode only. */
export const edgeRules: readonly Rule[] = [
  { reads: ['domains'], problems: oneLevelBelowTheApex },
  { reads: ['domains'], problems: distinctDomains },
  { reads: ['edge'], problems: clientCertificatesNeedTLS },
  { reads: ['edge.rateLimit'], problems: burstAtLeastAverage },
];

/** Cloudflare's free certificates, at the edge and for the origin, cover the apex and one level below it. */
function oneLevelBelowTheApex({ domains }: Cluster): Problem[] {
  const { apex } = domains;
  return (['api', 'admin'] as const)
    .filter((key) => domains[key] !== apex && domains[key].split('.').slice(1).join('.') !== apex)
    .map((key) =>
      problem(['domains', key], domains[key], `one label before domains.apex, such as ${key}.${apex}`),
    );
}

function distinctDomains({ domains }: Cluster): Problem[] {
  const seen = new Map<string, string>();
  return Object.entries(domains).flatMap(([key, domain]) => {
    const first = seen.get(domain);
    seen.set(domain, first ?? key);
    return first
      ? [problem(['domains', key], domain, `a domain of its own; domains.${first} has this one`)]
      : [];
  });
}

function clientCertificatesNeedTLS(cluster: Cluster): Problem[] {
  const { edge } = cluster;
  if (edgeHasTLS(cluster) || edge.originPullCA === undefined) return [];
  return [
    problem(
      ['edge', 'originPullCA'],
      edge.originPullCA,
      'nothing while edge.tls is flexible: there is no TLS to ask a certificate in',
    ),
  ];
}

function burstAtLeastAverage({ edge: { rateLimit } }: Cluster): Problem[] {
  if (rateLimit.burst >= rateLimit.average) return [];
  return [
    problem(
      ['edge', 'rateLimit', 'burst'],
      rateLimit.burst,
      `at least edge.rateLimit.average, ${rateLimit.average}`,
    ),
  ];
}
