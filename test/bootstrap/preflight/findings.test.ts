import type { HostFacts } from '../../../bootstrap/src/host/facts.ts';
import { clockFinding, sizeFinding } from '../../../bootstrap/src/preflight/hosts.ts';
import { releaseFinding } from '../../../bootstrap/src/preflight/release.ts';
import { nodeFinding, sshFinding } from '../../../bootstrap/src/preflight/workstation.ts';
import { cluster } from '../../clusters.ts';

/** What preflight says of what it has seen: each time what is wrong and what to do. */

describe('the operator’s computer', () => {
  test.each([
    ['20.19.0', true],
    ['20.19', true],
    ['22.1.0', true],
    ['20.18.9', false],
    ['9.99.0', false],
  ])('Node %s is new enough: %p', (version, enough) => {
    expect(nodeFinding(version, '>=20.19').problems).toHaveLength(enough ? 0 : 1);
  });

  // As the systems that operators use print it.
  test.each([
    'OpenSSH_9.6p1 Ubuntu-3ubuntu13.5, OpenSSL 3.0.13 30 Jan 2024',
    'OpenSSH_9.9p2, LibreSSL 3.3.6',
    'OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2',
    'OpenSSH_7.6p1, OpenSSL 1.0.2k',
    'OpenSSH_10.0p2',
  ])('%s serves', (said) => {
    expect(sshFinding(said).problems).toEqual([]);
  });

  test.each([
    ['OpenSSH_7.5p1, OpenSSL 1.0.2k', /7\.5 is too old: install 7\.6/],
    ['Dropbear v2022.83', /not OpenSSH, but Dropbear/],
    [undefined, /not installed/],
  ])('%s does not', (said, message) => {
    expect(sshFinding(said).problems).toEqual([expect.stringMatching(message)]);
  });
});

describe('the release of k3s', () => {
  const notes = (version: string, now: string) => {
    const of = cluster((document) => {
      document.setIn(['k3s', 'version'], version);
      document.setIn(['k3s', 'sha256'], 'a'.repeat(64));
    });
    return releaseFinding(of, Date.parse(now)).notes;
  };

  // The pinned minor is past its end, which is known and no reason to stop: a cluster must be mendable at any time.
  test('past its end is a warning with the date', () => {
    expect(notes('v1.34.6+k3s1', '2026-11-25')).toEqual([
      expect.stringMatching(/^Kubernetes 1\.34 ended on 2026-10-27/),
    ]);
    expect(releaseFinding(cluster(), Date.parse('2026-11-25')).problems).toEqual([]);
  });

  test('near its end says how many days are left, and before that nothing', () => {
    expect(notes('v1.35.1+k3s1', '2027-01-29T12:00:00Z')).toEqual([expect.stringMatching(/in 30 days/)]);
    expect(notes('v1.35.1+k3s1', '2026-11-25')).toEqual([]);
  });

  test('of a minor that is not known here is said to be so', () => {
    expect(notes('v1.99.0+k3s1', '2026-11-25')).toEqual([expect.stringMatching(/not known here/)]);
  });

  test('without a checksum says what vouches for the binary instead', () => {
    expect(releaseFinding(cluster(), 0).notes).toEqual([
      expect.stringMatching(/^k3s\.sha256 is not in cluster\.yaml: .*sha256sum-amd64\.txt/),
    ]);
  });
});

describe('a host that somebody else chose', () => {
  const enough = { architecture: 'x86_64', cpus: 2, memory: 3.8 * 2 ** 30, diskFree: 30e9 };
  const problems = (facts: Partial<HostFacts>) =>
    sizeFinding('one', { ...enough, ...facts } as HostFacts).problems;

  test('of the smallest size serves', () => {
    expect(problems({})).toEqual([]);
  });

  test('with everything too small is told in one go', () => {
    expect(problems({ architecture: 'aarch64', cpus: 1, memory: 2 ** 31, diskFree: 8e9 })).toEqual([
      expect.stringMatching(/^one has a processor of kind aarch64/),
      expect.stringMatching(/^one has 1 CPU; at least 2/),
      expect.stringMatching(/^one has 2\.1 GB memory; at least 4 GB/),
      expect.stringMatching(/^one has 8\.0 GB free below \/var\/lib; at least 20\.0 GB/),
    ]);
  });
});

test.each([
  [4_000, []],
  [-4_000, []],
  [90_000, [expect.stringMatching(/clock of one is 1 min 30 s ahead of this computer's/)]],
  [-7_500_000, [expect.stringMatching(/clock of one is 2 h 5 min behind this computer's/)]],
])('a clock that is ahead by %d ms', (ahead, notes) => {
  expect(clockFinding('one', ahead)).toEqual({ problems: [], notes });
});
