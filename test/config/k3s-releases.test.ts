import { endOfLife, k3sRelease } from '../../config/k3s-releases.ts';
import { cluster } from '../clusters.ts';

/** Where k3s comes from, and how long its minor is still mended. */

test('a release is found at its project, the plus of its version escaped as the host of the files wants it', () => {
  expect(k3sRelease(cluster())).toEqual({
    version: 'v1.34.6+k3s1',
    binary: 'https://github.com/k3s-io/k3s/releases/download/v1.34.6%2Bk3s1/k3s',
    checksums: 'https://github.com/k3s-io/k3s/releases/download/v1.34.6%2Bk3s1/sha256sum-amd64.txt',
    sha256: undefined,
  });
});

test('or at a mirror, with the checksum that cluster.yaml gives', () => {
  const sha256 = '0'.repeat(63).concat('1');
  const of = cluster((document) => {
    document.setIn(['k3s', 'releases'], 'http://mirror.example.com:8080/k3s');
    document.setIn(['k3s', 'sha256'], sha256);
  });
  expect(k3sRelease(of)).toMatchObject({
    binary: 'http://mirror.example.com:8080/k3s/v1.34.6%2Bk3s1/k3s',
    sha256,
  });
});

test.each([
  ['v1.34.6+k3s1', '2026-10-27T23:59:59Z', 0],
  ['v1.34.6+k3s1', '2026-10-28T00:00:00Z', 0],
  ['v1.34.6+k3s1', '2026-10-28T00:00:01Z', -1],
  ['v1.35.1+k3s2', '2027-01-29T12:00:00Z', 30],
])('%s at %s has %d days left', (version, now, daysLeft) => {
  expect(endOfLife(version, Date.parse(now))).toMatchObject({ daysLeft });
});

// An unknown date is no reason to keep quiet: preflight says that it does not know.
test('of a minor that is newer than this project nothing is claimed', () => {
  expect(endOfLife('v1.99.0+k3s1', 0)).toBeUndefined();
});
