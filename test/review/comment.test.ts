import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { commentCommand } from '../../review/comment/command.ts';
import { MARKER } from '../../review/comment/comments.ts';
import { Repository } from './repository.ts';
import { dist } from './states.ts';

/** Stands for the part of Gitea and GitHub that keeps comments: neither is at hand in a test. */
class Comments {
  readonly list: { id: number; body: string }[] = [];
  readonly requests: string[] = [];
  readonly tokens = new Set<string | undefined>();
  /** Answers of a server that refuses. */
  refuses?: number;
  /** Comments on one page; a server without pages gives all of them for every page. */
  pageSize = Number.POSITIVE_INFINITY;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const { status, answer } = this.#answer(request, await textOf(request));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1`;
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.#server.close(done));
  }

  #answer({ method, url = '', headers }: IncomingMessage, text: string): { status: number; answer: unknown } {
    const { pathname, searchParams } = new URL(url, 'http://x');
    this.requests.push(`${method} ${pathname}`);
    this.tokens.add(headers.authorization);
    if (this.refuses !== undefined) return { status: this.refuses, answer: { message: 'no' } };
    const { body } = text === '' ? { body: '' } : JSON.parse(text);
    if (method === 'GET' && pathname.endsWith('/issues/7/comments')) {
      const from =
        this.pageSize === Number.POSITIVE_INFINITY
          ? 0
          : (Number(searchParams.get('page')) - 1) * this.pageSize;
      return { status: 200, answer: this.list.slice(from, from + this.pageSize) };
    }
    if (method === 'POST' && pathname.endsWith('/issues/7/comments')) {
      this.list.push({ id: this.list.length + 1, body });
      return { status: 201, answer: this.list.at(-1) };
    }
    const found = this.list.find(({ id }) => pathname.endsWith(`/issues/comments/${id}`));
    if (method !== 'PATCH' || found === undefined) return { status: 404, answer: {} };
    found.body = body;
    return { status: 200, answer: found };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

let repository: Repository;
let comments: Comments;
let environment: Record<string, string>;

beforeEach(async () => {
  repository = new Repository();
  repository.write(dist);
  repository.commit('first');
  repository.git('update-ref', 'refs/remotes/origin/trunk', 'HEAD');
  comments = new Comments();
  environment = {
    GITHUB_API_URL: await comments.start(),
    GITHUB_REPOSITORY: 'admin/deploy',
    GITHUB_BASE_REF: 'trunk',
    GITHUB_EVENT_PATH: join(repository.folder, 'event.json'),
    GITHUB_TOKEN: 'very-secret',
  };
  happens('admin/deploy');
});
afterEach(async () => {
  await comments.stop();
  repository.remove();
});

/** The pull request's branch is in this repository. */
function happens(from: string): void {
  const event = {
    pull_request: {
      number: 7,
      head: { repo: { full_name: from } },
      base: { repo: { full_name: 'admin/deploy' } },
    },
  };
  writeFileSync(join(repository.folder, 'event.json'), JSON.stringify(event));
}

const newImage = (tag: string) =>
  repository.write(
    new Map(
      [...dist].map(
        ([name, text]) => [name, text.replace('honeydue-api:237c6b8', `honeydue-api:${tag}`)] as const,
      ),
    ),
  );
const run = () => commentCommand([], repository.folder, environment);

// Ten pushes to a pull request must not leave ten reports, nine of them wrong.
test('one comment, over itself at each push', async () => {
  comments.list.push({ id: 1, body: `somebody quotes ${MARKER}` });
  newImage('0000001');
  expect(await run()).toMatchObject({ code: 0, out: expect.stringMatching(/comment: written$/) });
  newImage('0000002');
  expect(await run()).toMatchObject({ code: 0, out: expect.stringMatching(/comment: updated$/) });
  expect(await run()).toMatchObject({ code: 0, out: expect.stringMatching(/comment: as it was$/) });
  expect(comments.list).toHaveLength(2);
  expect(comments.list[1]?.body).toMatch(
    /^<!-- honeydue.*\n### Merging this rolls pods \(1\)\.\n\n.*it is a deploy/,
  );
  expect(comments.list[1]?.body).toContain('honeydue-api:0000002');
  expect([...comments.tokens]).toEqual(['token very-secret']);
});

test('a pull request that leaves dist/ alone is left alone, until it no longer does', async () => {
  expect((await run()).out).toMatch(/comment: nothing to say$/);
  newImage('0000001');
  await run();
  repository.write(dist);
  expect((await run()).out).toMatch(/comment: updated$/);
  expect(comments.list.map(({ body }) => body)).toEqual([
    expect.stringContaining('Merging this changes nothing.'),
  ]);
});

test.each([2, Number.POSITIVE_INFINITY])('is found behind many others, %d on a page', async (pageSize) => {
  for (let id = 1; id <= 5; id++) comments.list.push({ id, body: 'a word' });
  comments.list.push({ id: 6, body: MARKER });
  comments.pageSize = pageSize;
  expect((await run()).out).toMatch(/comment: updated$/);
});

test('none is found, on a server without pages and on one with', async () => {
  for (let id = 1; id <= 5; id++) comments.list.push({ id, body: 'a word' });
  expect((await run()).out).toMatch(/comment: nothing to say$/);
  comments.pageSize = 2;
  expect((await run()).out).toMatch(/comment: nothing to say$/);
});

test('what a server says is passed on without the token; the report is in the log anyway', async () => {
  newImage('0000001');
  comments.refuses = 403;
  const forbidden = await run();
  expect(forbidden).toMatchObject({ code: 1, out: expect.stringContaining('Merging this rolls pods (1).') });
  expect(forbidden.err).toMatch(
    /^GET http.*\/issues\/7\/comments: 403 .*\n.*permissions: issues: write, pull-requests: write$/,
  );
  comments.refuses = 500;
  expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining(': 500 ') });
  const other = new Comments();
  environment.GITHUB_API_URL = await other.start();
  await other.stop();
  const gone = await run();
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('ECONNREFUSED') });
  expect(JSON.stringify([forbidden, gone])).not.toContain('very-secret');
});

// A stranger's pull request has a token that may read only; that is no fault of his.
test('a pull request from another repository gets no comment and does not fail', async () => {
  happens('stranger/deploy');
  newImage('0000001');
  comments.refuses = 403;
  expect(await run()).toMatchObject({
    code: 0,
    err: 'no comment: the pull request is of another repository',
  });
});

test('outside of such a job it says what is missing, all at once', async () => {
  const { code, err } = await commentCommand([], repository.folder, { GITHUB_TOKEN: 'x' });
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringMatching(
      /^GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_BASE_REF, GITHUB_EVENT_PATH not set/,
    ),
  });
});

test('a report that is too long is cut at the end of a line, and says so', async () => {
  repository.write(
    new Map([
      ...dist,
      ...Array.from(
        { length: 900 },
        (_, i) =>
          [`9-${i}.yaml`, `apiVersion: v1\nkind: ${'K'.repeat(90)}${i}\nmetadata:\n  name: a\n`] as const,
      ),
    ]),
  );
  await run();
  expect(comments.list[0]?.body.length).toBeLessThan(61_000);
  expect(comments.list[0]?.body).toMatch(
    /\n\n_The rest is too long for a comment: npm run diff shows all of it\._$/,
  );
});
