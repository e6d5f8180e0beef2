import type { Problem } from './problem.ts';
import { keyMaterial } from './public-key.ts';
import { problem, type Rule } from './rule.ts';
import type { Cluster } from './schema.ts';

/** Who logs in to the hosts, and what they fetch from where. */
export const hostRules: readonly Rule[] = [
  { reads: ['k3s'], problems: checksumWithoutTLS },
  { reads: ['operators'], problems: distinctOperators },
  { reads: ['registry.mirrors'], problems: oneMirrorEach },
];

/** k3s runs as root on every host: without TLS anybody on the way could put another program in its place. */
function checksumWithoutTLS({ k3s: { releases, sha256 } }: Cluster): Problem[] {
  if (sha256 !== undefined || releases === undefined || releases.startsWith('https://')) return [];
  const allowed = 'the checksum of the binary, as k3s.releases is not https://';
  return [problem(['k3s', 'sha256'], undefined, allowed)];
}

function distinctOperators({ operators = [] }: Cluster): Problem[] {
  const keys = operators.map(keyMaterial);
  return operators.flatMap((operator, i) => {
    const first = keys.indexOf(keys[i] ?? '');
    if (first === i) return [];
    return [problem(['operators', i], operator, `a key of its own; operators[${first}] has this one`)];
  });
}

function oneMirrorEach({ registry: { mirrors = [] } }: Cluster): Problem[] {
  const hosts = mirrors.map(({ host }) => host);
  return hosts.flatMap((host, i) => {
    const first = hosts.indexOf(host);
    if (first === i) return [];
    const allowed = `a registry of its own; registry.mirrors[${first}] has this one`;
    return [problem(['registry', 'mirrors', i, 'host'], host, allowed)];
  });
}
