/** Comments of a pull request, by the API that Gitea and GitHub have in common. */
export interface PullRequest {
  /** Address of the API, as https://git.example.com/api/v1 */
  readonly api: string;
  /** `owner/name` */
  readonly repository: string;
  readonly number: number;
  readonly token: string;
}

/** The server did not do what was asked. Says which request, and its answer. */
export class CommentError extends Error {
  override readonly name = 'CommentError';
  constructor(
    message: string,
    /** HTTP status; undefined when there was no answer. */
    readonly status?: number,
  ) {
    super(message);
  }
}

interface Comment {
  readonly id: number;
  readonly body: string;
}

/** Begins our comment, and no other. It is not shown. */
export const MARKER = '<!-- honeydue: what merging this does -->';

/** A comment may be so long on both, in characters. */
const LONGEST = 60_000;

/**
 * Writes our one comment: over the one that is there, else as a new one. Without one, nothing is no news.
 * @param news false when there is nothing to say that a reader would miss
 * @throws CommentError
 */
export async function putComment(
  pullRequest: PullRequest,
  markdown: string,
  news: boolean,
): Promise<'written' | 'updated' | 'as it was' | 'nothing to say'> {
  const body = `${MARKER}\n${shortened(markdown)}`;
  const ours = await findOurs(pullRequest);
  const { repository, number } = pullRequest;
  if (ours?.body === body) return 'as it was';
  if (ours !== undefined) {
    await request(pullRequest, 'PATCH', `/repos/${repository}/issues/comments/${ours.id}`, { body });
    return 'updated';
  }
  if (!news) return 'nothing to say';
  await request(pullRequest, 'POST', `/repos/${repository}/issues/${number}/comments`, { body });
  return 'written';
}

/** Page by page; a server that knows no pages gives the same ones again. */
async function findOurs(pullRequest: PullRequest): Promise<Comment | undefined> {
  const { repository, number } = pullRequest;
  const seen = new Set<number>();
  for (let page = 1; ; page++) {
    const path = `/repos/${repository}/issues/${number}/comments?per_page=50&limit=50&page=${page}`;
    const comments = (await request(pullRequest, 'GET', path)) as Comment[];
    const ours = comments.find(({ body }) => body.startsWith(MARKER));
    if (ours !== undefined) return ours;
    if (comments.every(({ id }) => seen.has(id))) return undefined;
    for (const { id } of comments) seen.add(id);
  }
}

/** Cut at the end of a line. */
function shortened(markdown: string): string {
  if (markdown.length <= LONGEST) return markdown;
  const cut = markdown.slice(0, markdown.lastIndexOf('\n', LONGEST));
  return `${cut}\n\n_The rest is too long for a comment: npm run diff shows all of it._`;
}

const DEADLINE_MS = 30_000;

async function request(
  { api, token }: PullRequest,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const where = `${method} ${api}${path.replace(/\?.*/, '')}`;
  try {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: {
        authorization: `token ${token}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.ok) return await response.json();
    const answer = (await response.text()).slice(0, 300);
    throw new CommentError(`${where}: ${response.status} ${answer}`, response.status);
  } catch (error) {
    if (error instanceof CommentError) throw error;
    throw new CommentError(`${where}: ${messageOf(error)}`);
  }
}

/** fetch says "fetch failed" and keeps the reason to itself. */
function messageOf(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { message?: string } };
  return cause?.message ?? message;
}
