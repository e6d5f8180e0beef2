import { readFileSync } from 'node:fs';
import type { PullRequest } from './comments.ts';

/** The variables of a job of Gitea or GitHub Actions. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A job that is about a pull request. */
export interface Job {
  readonly pullRequest: PullRequest;
  /** Branch that it is to be merged into. */
  readonly base: string;
  /** Its branch is in another repository: the token may then read only. */
  readonly fork: boolean;
}

/** The job is not one of a pull request, or lacks something. Lists everything that is missing. */
export class JobError extends Error {
  override readonly name = 'JobError';
}

interface Event {
  readonly pull_request?: {
    readonly number: number;
    readonly head: { readonly repo?: { readonly full_name: string } | null };
    readonly base: { readonly repo: { readonly full_name: string } };
  };
}

const NEEDED = [
  'GITHUB_API_URL',
  'GITHUB_REPOSITORY',
  'GITHUB_BASE_REF',
  'GITHUB_EVENT_PATH',
  'GITHUB_TOKEN',
] as const;

/** @throws JobError */
export function readJob(environment: Environment): Job {
  const missing = NEEDED.filter((name) => !environment[name]);
  if (missing.length > 0)
    throw new JobError(
      `${missing.join(', ')} not set: this runs in a job of a pull request; npm run diff shows the report anywhere`,
    );
  const value = (name: (typeof NEEDED)[number]) => environment[name] ?? '';
  const { pull_request: request } = JSON.parse(readFileSync(value('GITHUB_EVENT_PATH'), 'utf8')) as Event;
  if (request === undefined) throw new JobError('the job is not one of a pull request');
  return {
    pullRequest: {
      api: value('GITHUB_API_URL').replace(/\/+$/, ''),
      repository: value('GITHUB_REPOSITORY'),
      number: request.number,
      token: value('GITHUB_TOKEN'),
    },
    base: value('GITHUB_BASE_REF'),
    fork: request.head.repo?.full_name !== request.base.repo.full_name,
  };
}
