import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { taskText } from '../../bootstrap/src/host/task.ts';
import { binaryTasks, expectedSha256 } from '../../bootstrap/src/k3s/binary.ts';
import { k3sRelease } from '../../config/k3s-releases.ts';

// k3s runs as root on every host: another program in its place would own all of them.

const HASH = 'ab'.repeat(32);
const signal = new AbortController().signal;
let server: Server;
let answer: { readonly status: number; readonly body: string };

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

const release = (sha256?: string) => {
  const { port } = server.address() as AddressInfo;
  return k3sRelease({
    k3s: { version: 'v1.34.6+k3s1', releases: `http://127.0.0.1:${port}`, ...(sha256 && { sha256 }) },
  });
};

test('the checksum of cluster.yaml decides, and nothing is asked', async () => {
  answer = { status: 500, body: '' };
  expect(await expectedSha256(release(HASH), signal)).toBe(HASH);
});

test('without one, the line of the binary itself is taken from the release, not that of its neighbours', async () => {
  const other = 'cd'.repeat(32);
  answer = {
    status: 200,
    body: `${other}  k3s-airgap-images-amd64.tar\n${HASH}  k3s\n${other}  k3s-arm64\n`,
  };
  expect(await expectedSha256(release(), signal)).toBe(HASH);
});

test.each([
  [404, '', /answers 404\. Is k3s\.version right\?/],
  [200, '<html>', /has no line for k3s/],
  [200, `${HASH.slice(1)}  k3s\n`, /has no line for k3s/],
])('a release that answers %i %p is refused', async (status, body, message) => {
  answer = { status, body };
  await expect(expectedSha256(release(), signal)).rejects.toThrow(message);
});

test('the binary is checked before it is run, and run before it is put into place', () => {
  const order = binaryTasks(release(HASH), HASH).map(taskText);
  const step = (part: string) => order.findIndex((text) => text.includes(part));
  expect(step('sha256sum --check')).toBeGreaterThan(step('curl'));
  expect(step('--version')).toBeGreaterThan(step('sha256sum --check'));
  expect(step('mv -f')).toBeGreaterThan(step('--version'));
});
