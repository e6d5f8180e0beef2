import { NoApiError, openKubectl } from '../../../bootstrap/src/cluster/kubectl.ts';
import { NotYet } from '../../../bootstrap/src/frame/wait.ts';
import { RemoteError } from '../../../bootstrap/src/host/remote.ts';
import { type Asked, asksFirst, server } from './remote.ts';

/** Which server is asked, and what happens when it fails: a dead first server must not stop an operator. */

const NOT_READY = { exitCode: 69, stderr: 'The connection to the server 127.0.0.1:6443 was refused' };
const call = { words: ['get', 'nodes'] };

let asked: Asked[];
beforeEach(() => {
  asked = [];
});
const who = () => asked.map(({ alias }) => alias);

test('a server that is cut off and one whose API is down are passed over, and not asked again', async () => {
  const kubectl = openKubectl(() => [
    server('h1', asked, () => undefined),
    server('h2', asked, () => NOT_READY),
    server('h3', asked, () => ({ stdout: 'three nodes' })),
  ]);
  expect(await kubectl.must(call)).toBe('three nodes');
  expect(await kubectl.must(call)).toBe('three nodes');
  expect(who()).toEqual(['h1', 'h2', 'h3', 'h3']);
});

test('the first call asks for readiness in the same round trip; later ones do not ask', async () => {
  const kubectl = openKubectl(() => [server('h1', asked, () => ({}))]);
  await kubectl.run(call);
  await kubectl.run(call);
  expect(asked.map(({ words }) => asksFirst(words))).toEqual([true, false]);
  expect(asked[1]?.words).toEqual(['k3s', 'kubectl', 'get', 'nodes']);
});

test('a server whose API goes away in between is replaced by the next', async () => {
  let isUp = true;
  const refused = { exitCode: 1, stderr: 'connection refused' };
  const kubectl = openKubectl(() => [
    server('h1', asked, () => (isUp ? { stdout: 'from h1' } : refused)),
    server('h2', asked, () => ({ stdout: 'from h2' })),
  ]);
  expect(await kubectl.must(call)).toBe('from h1');
  isUp = false;
  expect(await kubectl.must(call)).toBe('from h2');
  expect(await kubectl.must(call)).toBe('from h2');
});

test('what kubectl itself refuses is not tried on another server', async () => {
  const refusal = { exitCode: 1, stderr: 'Error from server (NotFound): namespaces "honeydue" not found' };
  const kubectl = openKubectl(() => [
    server('h1', asked, (words) => (words.includes('/readyz') ? {} : refusal)),
    server('h2', asked, () => ({})),
  ]);
  await expect(kubectl.must(call)).rejects.toThrow(RemoteError);
  await expect(kubectl.must(call)).rejects.toThrow(
    /^h1: kubectl get nodes ended with exit code 1: .*NotFound/,
  );
  expect(who()).not.toContain('h2');
});

// In a dry run of a first deployment there is no cluster: the frame shows that, and goes on.
test('without any API it says of each server why, and that is "not yet"', async () => {
  const kubectl = openKubectl(() => [
    server('h1', asked, () => undefined),
    server('h2', asked, () => ({ exitCode: 69, stderr: 'sh: 1: k3s: not found' })),
  ]);
  const failed = kubectl.must(call);
  await expect(failed).rejects.toThrow(NoApiError);
  await expect(failed).rejects.toBeInstanceOf(NotYet);
  await expect(failed).rejects.toThrow(/Connection timed out\nh2: sh: 1: k3s: not found\nSee on a server: /);
});
