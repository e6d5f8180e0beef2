import createClient, { type Client } from 'openapi-fetch';
import { type Clock, realClock } from '../frame/clock.ts';
import type { Secret } from '../secrets/secret.ts';
import type { components, paths } from './hcloud.types.ts';
import { createTransport, type TransportOptions } from './transport.ts';

export type Schemas = components['schemas'];

/** The provider's API: typed calls, and what they need around them. Every call throws CloudError on failure. */
export interface Hcloud {
  readonly api: Client<paths>;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly say: (line: string) => void;
  /** Milliseconds by which our clock is ahead of the provider's; undefined before its first answer. Good to a second. */
  readonly clockAhead: () => number | undefined;
}

export interface HcloudOptions extends TransportOptions {
  readonly token: Secret;
  /** Default: the provider's public address. The lab has its own. */
  readonly baseUrl?: string | undefined;
}

/** A client for one project of the provider, the one that the token belongs to. */
export function connect(options: HcloudOptions): Hcloud {
  const { token, baseUrl = 'https://api.hetzner.cloud/v1', clock = realClock, signal } = options;
  const headers = { Authorization: `Bearer ${token.reveal()}`, 'User-Agent': 'honeydue-deploy' };
  let ahead: number | undefined;
  const onAnswer = (answer: Headers) => {
    const date = Date.parse(answer.get('date') ?? '');
    if (!Number.isNaN(date)) ahead = clock.now() - date;
  };
  const api = createClient<paths>({ baseUrl, headers, fetch: createTransport({ ...options, onAnswer }) });
  return { api, clock, signal, say: options.say ?? (() => {}), clockAhead: () => ahead };
}

/** The body of an answer. Failures are thrown before; an empty body where one is described is a defect of the API. */
export async function bodyOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  if (data === undefined) throw new Error('Hetzner answered without a body');
  return data;
}

/** The most that the API gives at once. */
export const PER_PAGE = 50;

interface Page<T> {
  readonly items: readonly T[];
  readonly meta: Schemas['meta'];
}

/** All items of a list, over as many pages as it has. */
export async function allPages<T>(load: (page: number) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let page: number | null = 1; page !== null; ) {
    const { items: more, meta }: Page<T> = await load(page);
    items.push(...more);
    page = meta.pagination.next_page;
  }
  return items;
}
